import type { IncomingMessage } from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { decompress as unzstd } from "fzstd";

/** Reads a request's body as it was sent. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Undoes a request's `content-encoding`. @returns `undefined` when the bytes are not what it says */
export function decodeBody(bytes: Buffer, encoding = "identity"): string | undefined {
  const decode = DECODERS[encoding];
  try {
    return decode && Buffer.from(decode(bytes)).toString();
  } catch {
    return undefined;
  }
}

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Uint8Array>> = {
  identity: (bytes) => bytes,
  zstd: unzstd,
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};
