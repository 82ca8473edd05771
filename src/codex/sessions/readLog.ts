import { createReadStream } from "node:fs";
import { pipeline, Readable, type Transform } from "node:stream";
import zlib from "node:zlib";
import { Decompress } from "fzstd";
import type { LineFilter } from "./lines.js";
import type { SessionFile } from "./sessionFiles.js";

/**
 * Reads a session log from beginning to end.
 *
 * @returns false where the file could not be read to its end; what came before counts
 * @throws the signal's reason, once it is aborted
 */
export async function readLog(
  file: SessionFile,
  lines: LineFilter,
  onRead: (bytes: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    for await (const chunk of chunksOf(file, onRead)) {
      signal.throwIfAborted();
      lines.push(chunk);
    }
    lines.end();
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}

/** In Node from 22.15 on; the types of Node 20 do not know it. */
const { createZstdDecompress } = zlib as unknown as {
  createZstdDecompress?: (options: { chunkSize: number }) => Transform;
};

/** How many bytes to take at a time. */
const PIECE = 256 * 1024;

/**
 * The text of a session log, piece by piece, unpacked where it is packed.
 *
 * @param onRead told how many bytes of the file were read
 * @throws Error for what cannot be read or unpacked
 */
export async function* chunksOf(
  file: SessionFile,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const raw = readFile(file, onRead);
  if (!file.packed) yield* raw;
  else if (createZstdDecompress) yield* unpackNatively(raw, createZstdDecompress({ chunkSize: PIECE }));
  else yield* unpack(raw);
}

async function* readFile({ path, packed }: SessionFile, onRead: (bytes: number) => void) {
  // All that one piece holds is unpacked at once, and text can grow a thousandfold.
  const stream = createReadStream(path, { highWaterMark: packed ? 16 * 1024 : PIECE });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function* unpackNatively(packed: AsyncIterable<Uint8Array>, decoder: Transform) {
  // The pipeline passes errors on, and ends the source when nobody reads any more; the loop gets the error itself.
  pipeline(Readable.from(packed, { objectMode: false }), decoder, () => {});
  yield* decoder as AsyncIterable<Uint8Array>;
}

async function* unpack(packed: AsyncIterable<Uint8Array>) {
  let ready: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => ready.push(chunk));
  for await (const chunk of packed) {
    decoder.push(chunk);
    yield* ready;
    ready = [];
  }
  decoder.push(new Uint8Array(0), true);
  yield* ready;
}
