import type { IncomingMessage } from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { decompress as unzstd } from "fzstd";

/** Reads a request's body as it was sent. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Undoes a request's `content-encoding`. @throws when the bytes are not what it says */
export function decodeBody(bytes: Buffer, encoding = "identity"): string {
  switch (encoding) {
    case "zstd":
      return Buffer.from(unzstd(bytes)).toString();
    case "gzip":
      return gunzipSync(bytes).toString();
    case "deflate":
      return inflateSync(bytes).toString();
    case "br":
      return brotliDecompressSync(bytes).toString();
    default:
      return bytes.toString();
  }
}
