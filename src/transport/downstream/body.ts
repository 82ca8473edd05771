import type { IncomingMessage } from "node:http";
import { InvalidRequest } from "../../protocol/errors.js";

/**
 * Collects a request's body. What comes past the limit is read and dropped: a connection closed on a client that is
 * still sending would lose it the answer.
 *
 * @throws {InvalidRequest} 413 past `maxBytes`
 * @throws {Error} when the client left
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) {
        chunks.push(chunk);
      } else {
        chunks = [];
        reject(new InvalidRequest(`The request body is larger than ${maxBytes} bytes.`, 413));
      }
    });
    request.on("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on("error", reject);
  });
}
