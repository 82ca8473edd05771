import { promisify } from "node:util";
import type { Readable } from "node:stream";
import zlib from "node:zlib";
import { InvalidRequest } from "../protocol/errors.js";
import { TooLarge, decodeZstd } from "./zstd.js";

/** Decodes a whole body. Rejects with {@link TooLarge}, or as zlib does, past `maxOutputLength` bytes. */
type Decode = (body: Uint8Array, limit: { readonly maxOutputLength: number }) => Promise<Uint8Array>;

/** By name. A map, for an object has names of its own (`toString`). */
const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["identity", (body) => Promise.resolve(body)],
  ["gzip", promisify(zlib.gunzip)],
  ["x-gzip", promisify(zlib.gunzip)],
  ["deflate", inflate],
  ["br", promisify(zlib.brotliDecompress)],
  ["zstd", (body, { maxOutputLength }) => decodeZstd(body, maxOutputLength)],
]);

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
    const decode = DECODERS.get(name);
    if (!decode) {
      const known = [...DECODERS.keys()].join(", ");
      throw new InvalidRequest(`Unsupported Content-Encoding "${name}"; supported: ${known}.`);
    }
    try {
      decoded = await decode(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      if (isTooLarge(error)) {
        throw new InvalidRequest(`The decoded request body is larger than ${maxBytes} bytes.`, 413);
      }
      throw new InvalidRequest(`The request body is not valid ${name} data.`);
    }
  }
  return decoded;
}

/** Most senders mean zlib's format, as the standard does (RFC 9110, 8.4.1.2); some send bare deflate. */
function inflate(body: Uint8Array, limit: zlib.ZlibOptions): Promise<Uint8Array> {
  const isZlib = ((body[0] ?? 0) & 0x0f) === 8;
  return promisify(isZlib ? zlib.inflate : zlib.inflateRaw)(body, limit);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof TooLarge || (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
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
    const decoder = STREAM_DECODERS.get(name);
    if (name === "identity" || !stream || !decoder) return name === "identity" ? stream : undefined;
    const decoded = decoder();
    stream.on("error", (error) => decoded.destroy(error));
    decoded.on("close", () => stream.destroy());
    return stream.pipe(decoded);
  }, body);
}

const flushed = { flush: zlib.constants.Z_SYNC_FLUSH };

type StreamDecoder = () => NodeJS.ReadWriteStream & Readable;

const STREAM_DECODERS: ReadonlyMap<string, StreamDecoder> = new Map<string, StreamDecoder>([
  ["gzip", () => zlib.createGunzip(flushed)],
  ["x-gzip", () => zlib.createGunzip(flushed)],
  ["deflate", () => zlib.createInflate(flushed)],
  ["br", () => zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH })],
]);
