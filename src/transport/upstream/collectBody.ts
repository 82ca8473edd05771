import type { Readable } from "node:stream";
import { upstreamLost } from "./failure.js";

/**
 * Collects a body.
 *
 * @param chunks gets what comes, as it comes
 * @param maxBytes past which it is collected no further
 * @returns `undefined` once it is complete; where it is longer, the whole of it, to be read anew
 * @throws {UpstreamLost} when it breaks off
 */
export function collectBody(
  body: Readable,
  chunks: Buffer[],
  maxBytes: number,
): Promise<Readable | undefined> {
  return new Promise((resolve, reject) => {
    let size = 0;
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= maxBytes) return;
      body.off("data", onData).off("error", onError).pause();
      body.unshift(Buffer.concat(chunks.splice(0)));
      resolve(body);
    };
    const onError = (error: unknown): void => reject(upstreamLost(error, "stream"));
    body.on("data", onData);
    body.on("error", onError);
    body.on("end", () => resolve(undefined));
  });
}
