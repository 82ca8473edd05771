import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { endToEnd } from "../headers.js";
import { send, type Upstream } from "../upstream/send.js";
import type { Target } from "../upstream/target.js";
import { passAnswer } from "./respond.js";

/**
 * Passes a request through, streaming both ways; nothing is buffered, decoded or retried.
 *
 * @param body the request's body where it has been read already
 * @throws {UpstreamLost} when the upstream did not answer
 */
export async function passthrough(
  upstream: Upstream,
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer | Readable | null = hasBody(request) ? request : null,
): Promise<void> {
  const abort = new AbortController();
  response.on("close", () => abort.abort());
  const answer = await send(upstream, {
    method: request.method ?? "GET",
    target,
    headers: endToEnd(request.rawHeaders),
    body,
    signal: abort.signal,
  });
  await passAnswer(response, answer);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
