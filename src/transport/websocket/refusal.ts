import type { ServerResponse } from "node:http";
import type { Answer } from "../../protocol/errors.js";
import { writeHead } from "../downstream/respond.js";
import { endToEnd } from "../headers.js";

/** The most that is read of a refusal's body, in bytes: it says why, in a few words. */
const MAX_BODY = 1024 * 1024;

/** Reads a refusal's body, and no more than a MiB of it. */
export async function refusalBody({ body }: Answer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY) break;
  }
  return Buffer.concat(chunks);
}

/**
 * Passes the refusal of an upgrade on in one piece. Of its body Codex reads only what arrives together with the head,
 * and does not undo chunks (seen, 0.142.5 and 0.169.0): what comes later is an "Unknown error" to the user.
 */
export async function passRefusal(response: ServerResponse, answer: Answer): Promise<void> {
  const body = await refusalBody(answer);
  const headers = [...endToEnd(answer.headers, ["content-length"]), "content-length", String(body.length)];
  response.socket?.cork();
  writeHead(response, { ...answer, headers });
  response.end(body);
  response.socket?.uncork();
}
