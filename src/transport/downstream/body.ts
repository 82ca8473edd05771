import type { IncomingMessage } from "node:http";
import { InvalidRequest } from "../../protocol/errors.js";

/**
 * Collects a request's body.
 *
 * @throws {InvalidRequest} 413 past `maxBytes`
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new InvalidRequest(`The request body is larger than ${maxBytes} bytes.`, 413);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size);
}
