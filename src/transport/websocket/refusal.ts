import type { ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Answer } from "../../protocol/errors.js";
import { writeHead } from "../downstream/respond.js";
import { header } from "../headers.js";

/**
 * Passes the refusal of an upgrade on in one piece. Of its body Codex reads only what arrives together with the head,
 * and does not undo chunks (seen, 0.142.5 and 0.169.0): what comes later is an "Unknown error" to the user.
 */
export async function passRefusal(response: ServerResponse, answer: Answer): Promise<void> {
  const body = await buffer(answer.body);
  const sized = header(answer.headers, "content-length") !== undefined;
  const length = sized ? [] : ["content-length", String(body.length)];
  response.socket?.cork();
  writeHead(response, { ...answer, headers: [...answer.headers, ...length] });
  response.end(body);
  response.socket?.uncork();
}
