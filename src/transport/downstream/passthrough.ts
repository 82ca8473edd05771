import type { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { endToEnd, hasBody } from "../headers.js";
import { send, type Outgoing, type Upstream } from "../upstream/send.js";
import type { Target } from "../upstream/target.js";
import { whenOver } from "./whenOver.js";
import { passAnswer } from "./respond.js";

/**
 * Passes a request through, streaming both ways; nothing is buffered, decoded or retried.
 *
 * @param outgoing what goes upstream, where the body has been read already
 * @throws {UpstreamLost} when the upstream did not answer
 */
export async function passthrough(
  upstream: Upstream,
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  outgoing: Outgoing = { headers: endToEnd(request.rawHeaders), body: bodyOf(request) },
): Promise<void> {
  const abort = new AbortController();
  whenOver(request, response, () => {
    abort.abort();
    // What the upstream did not want to read: the client's next request comes behind it.
    request.unpipe();
    request.resume();
  });
  const answer = await send(upstream, {
    method: request.method ?? "GET",
    target,
    ...outgoing,
    signal: abort.signal,
  });
  passAnswer(response, answer);
}

function bodyOf(request: IncomingMessage): Readable | null {
  if (!hasBody(request)) return null;
  // The HTTP client destroys a body that it cannot send: the request itself would take the client's connection along.
  const body = new PassThrough();
  request.on("error", (error) => body.destroy(error));
  return request.pipe(body);
}
