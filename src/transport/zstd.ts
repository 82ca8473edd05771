import { promisify } from "node:util";
import zlib from "node:zlib";
import { Decompress, decompress } from "fzstd";

/** More came out of a body than may. */
export class TooLarge extends Error {}

/** In Node from 22.15 on; the types of Node 20 do not know it. */
const native = (zlib as unknown as { zstdDecompress?: typeof zlib.gunzip }).zstdDecompress;

/** As much as `Content-Encoding: zstd` may ask for (RFC 9659, 3), in bytes. */
const MAX_WINDOW = 8 * 1024 * 1024;

/**
 * fzstd moves the whole window at every block: the most bytes that one body may move. The largest body allowed, in
 * full blocks behind the largest window, moves 8 GiB; tiny blocks would keep the process busy for minutes.
 */
const MAX_MOVED = 64 * 1024 ** 3;

/**
 * Decodes a zstd body, by Node itself where it can.
 *
 * @throws {TooLarge} past `maxBytes`
 * @throws {Error} for data that is not zstd, is cut, or asks for more than a decoder has to give
 */
export async function decodeZstd(body: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const { frames, whole } = checkFrames(body, maxBytes);
  // Node's own decoder stops after the first frame (seen in 24.21).
  if (native && frames === 1) return promisify(native)(body, { maxOutputLength: maxBytes });
  // A frame that says its size is decoded in place, without a window to move.
  if (whole !== undefined && frames === 1) return decompress(body, new Uint8Array(whole));
  return decodeByFzstd(body, maxBytes);
}

function decodeByFzstd(body: Uint8Array, maxBytes: number): Uint8Array {
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

/**
 * Walks frames and blocks without decoding them (RFC 8878, 3.1), for decoders allocate what a frame only promises.
 *
 * @returns how many frames there are, and the decoded size of the last one where it is a single segment
 */
function checkFrames(body: Uint8Array, maxBytes: number): { frames: number; whole: number | undefined } {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let moved = 0;
  let at = 0;
  let frames = 0;
  let whole: number | undefined;
  if (body.length === 0) throw new RangeError("no zstd frame");
  while (at < body.length) {
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === 0x184d2a5) {
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    if (magic !== 0xfd2fb528) throw new RangeError("not a zstd frame");
    frames++;
    const { window, size, hasChecksum, isSingleSegment } = frameHeader(view, at + 4);
    whole = isSingleSegment ? window : undefined;
    // A client that compresses in one go makes one segment of the whole body, however large.
    if (isSingleSegment && window > maxBytes) throw new TooLarge();
    if (!isSingleSegment && window > MAX_WINDOW) throw new RangeError("the zstd window is too large");
    at += 4 + size;
    for (let last = false; !last; moved += isSingleSegment ? 0 : window) {
      const block = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
      last = (block & 1) === 1;
      const isRun = ((block >> 1) & 3) === 1;
      at += 3 + (isRun ? 1 : block >> 3);
    }
    if (hasChecksum) at += 4;
  }
  if (at > body.length) throw new RangeError("the zstd data is cut");
  if (moved > MAX_MOVED) throw new RangeError("too many zstd blocks");
  return { frames, whole };
}

interface FrameHeader {
  /** Bytes the decoder has to keep; of a single segment, its decoded size. */
  readonly window: number;
  readonly size: number;
  readonly hasChecksum: boolean;
  readonly isSingleSegment: boolean;
}

/** @param at where the frame header's descriptor is */
function frameHeader(view: DataView, at: number): FrameHeader {
  const descriptor = view.getUint8(at);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const contentAt = at + (isSingleSegment ? 1 : 2) + dictionaryBytes;
  return {
    window: isSingleSegment ? contentSize(view, contentAt, contentBytes) : windowSize(view.getUint8(at + 1)),
    size: contentAt + contentBytes - at,
    hasChecksum: (descriptor & 4) !== 0,
    isSingleSegment,
  };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
