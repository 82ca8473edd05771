import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { Answer } from "../../protocol/errors.js";
import { header } from "../../protocol/rawHeaders.js";
import { cut, writeHead } from "../downstream/respond.js";

/** The most that is read of a refusal's body, in bytes. */
const MAX_BODY = 1024 * 1024;

/** What came of a refusal's body; `whole` is false where it broke off, or went on and on. */
export interface RefusalBody {
  readonly bytes: Buffer;
  readonly whole: boolean;
}

/** Reads a refusal's body, as far as it can be read. Never rejects. */
export async function readRefusal(body: Readable): Promise<RefusalBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  let whole = false;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      if ((size += chunk.length) > MAX_BODY) break;
    }
    whole = size <= MAX_BODY;
  } catch {
    // What came before is worth passing on.
  }
  return { bytes: Buffer.concat(chunks), whole };
}

/**
 * Passes the refusal of an upgrade on in one piece. Of its body Codex reads only what arrives together with the head,
 * and does not undo chunks (seen, 0.142.5 and 0.169.0): what comes later is an "Unknown error" to the user.
 */
export async function passRefusal(response: ServerResponse, answer: Answer): Promise<void> {
  response.on("close", () => answer.body.destroy());
  const { bytes, whole } = await readRefusal(answer.body);
  if (response.destroyed) return;
  const sized = header(answer.headers, "content-length") !== undefined;
  const length = sized || !whole ? [] : ["content-length", String(bytes.length)];
  response.socket?.cork();
  writeHead(response, { ...answer, headers: [...answer.headers, ...length] });
  if (whole) response.end(bytes);
  else response.write(bytes);
  response.socket?.uncork();
  if (!whole) cut(response);
}
