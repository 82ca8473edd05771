import { promisify } from "node:util";
import type { Readable } from "node:stream";
import zlib from "node:zlib";
import { Decompress } from "fzstd";
import { InvalidRequest } from "../protocol/errors.js";

/** Decodes a whole body; rejects with {@link TooLarge} past `maxBytes`. */
type Decode = (body: Uint8Array, maxBytes: number) => Promise<Uint8Array>;

class TooLarge extends Error {}

const native = (decode: (body: Uint8Array, options: zlib.ZlibOptions) => Promise<Uint8Array>): Decode => {
  return async (body, maxOutputLength) => {
    try {
      return await decode(body, { maxOutputLength });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? new TooLarge() : error;
    }
  };
};

/** In Node from 22.15 on; the types of Node 20 do not know it. */
const nativeZstd = (zlib as unknown as { zstdDecompress?: typeof zlib.gunzip }).zstdDecompress;

const DECODERS: Readonly<Record<string, Decode>> = {
  identity: (body) => Promise.resolve(body),
  gzip: native(promisify(zlib.gunzip)),
  "x-gzip": native(promisify(zlib.gunzip)),
  deflate: native(promisify(zlib.inflate)),
  br: native(promisify(zlib.brotliDecompress)),
  zstd: nativeZstd ? native(promisify(nativeZstd)) : decodeZstd,
};

/**
 * Undoes a request's `Content-Encoding` (several are undone last to first).
 *
 * @param maxBytes the most that any step may produce; checked while decoding, so a bomb costs no memory
 * @throws {InvalidRequest} 400 for an unknown encoding or corrupt data, 413 past the limit
 */
export async function decodeBody(
  body: Uint8Array,
  encodings: readonly string[],
  maxBytes: number,
): Promise<Uint8Array> {
  let decoded = body;
  for (const name of encodings.toReversed()) {
    const decode = DECODERS[name];
    if (!decode) {
      const known = Object.keys(DECODERS).join(", ");
      throw new InvalidRequest(`Unsupported Content-Encoding "${name}"; supported: ${known}.`);
    }
    try {
      decoded = await decode(decoded, maxBytes);
    } catch (error) {
      if (error instanceof TooLarge) {
        throw new InvalidRequest(`The decoded request body is larger than ${maxBytes} bytes.`, 413);
      }
      throw new InvalidRequest(`The request body is not valid ${name} data.`);
    }
  }
  return decoded;
}

/** The names in `Content-Encoding` headers, in the order they were applied. */
export function encodingNames(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(","))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
}

/**
 * A response body without its `Content-Encoding`. Event streams are not compressed in practice, but nothing forbids it.
 *
 * @returns `undefined` for an encoding that cannot be streamed here
 */
export function decodedStream(body: Readable, encodings: readonly string[]): Readable | undefined {
  return encodings.toReversed().reduce<Readable | undefined>((stream, name) => {
    const decoder = STREAM_DECODERS[name];
    if (name === "identity" || !stream || !decoder) return name === "identity" ? stream : undefined;
    const decoded = decoder();
    stream.on("error", (error) => decoded.destroy(error));
    decoded.on("close", () => stream.destroy());
    return stream.pipe(decoded);
  }, body);
}

const flushed = { flush: zlib.constants.Z_SYNC_FLUSH };

const STREAM_DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: () => zlib.createGunzip(flushed),
  "x-gzip": () => zlib.createGunzip(flushed),
  deflate: () => zlib.createInflate(flushed),
  br: () => zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
};

async function decodeZstd(body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  // fzstd allocates what the frame header promises, before any data has come.
  if (zstdWindow(body) > maxBytes) throw new TooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream = new Decompress((chunk) => {
    size += chunk.length;
    if (size > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  });
  const step = 64 * 1024;
  for (let at = 0; at < body.length; at += step) {
    stream.push(body.subarray(at, at + step), at + step >= body.length);
  }
  return Buffer.concat(chunks, size);
}

/** The memory a zstd frame asks for, in bytes (RFC 8878, 3.1.1.1). */
function zstdWindow(frame: Uint8Array): number {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.byteLength < 6 || view.getUint32(0, true) !== 0xfd2fb528) return 0;
  const descriptor = view.getUint8(4);
  if ((descriptor & 0x20) === 0) {
    const window = view.getUint8(5);
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const width = descriptor >> 6;
  const bytes = [1, 2, 4, 8][width] ?? 1;
  if (view.byteLength < at + bytes) return 0;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
