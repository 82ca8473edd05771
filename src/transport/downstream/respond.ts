import type { ServerResponse } from "node:http";
import type { Answer } from "../../protocol/errors.js";
import { InvalidRequest, UpstreamLost } from "../../protocol/errors.js";
import { endToEnd } from "../headers.js";

/** An error body in the API's own shape. */
export function errorBody(type: string, message: string, code: string | null): string {
  return JSON.stringify({ error: { message, type, param: null, code } });
}

/** Answers with an error of our own, in the API's shape. Does nothing once an answer has begun. */
export function respondError(
  response: ServerResponse,
  status: number,
  type: string,
  message: string,
  code: string | null,
): void {
  if (response.headersSent || response.destroyed) return;
  const body = errorBody(type, message, code);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** Answers for a request that failed before its answer began; cuts the connection of one that had begun. */
export function respondFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    cut(response);
  } else if (error instanceof InvalidRequest) {
    respondError(response, error.status, "invalid_request_error", error.message, null);
  } else if (error instanceof UpstreamLost) {
    const status = error.phase === "timeout" ? 504 : 502;
    const message = `codexcomp could not get an answer from the upstream: ${error.message}.`;
    respondError(response, status, "server_error", message, "upstream_connection_error");
  } else {
    respondError(
      response,
      500,
      "server_error",
      "codexcomp failed on this request; its log says why.",
      "proxy_error",
    );
  }
}

/** Writes an answer's head: status, reason and end-to-end headers as they came. */
export function writeHead(response: ServerResponse, answer: Answer, drop: readonly string[] = []): void {
  response.sendDate = false;
  // Node refuses to send some of what it accepts.
  const reason = answer.statusText.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?");
  response.writeHead(answer.status, reason, endToEnd(answer.headers, drop));
  // Sends the head now, as `flushHeaders` would, but header bytes as they came: that one writes them as UTF-8. What of
  // the body has come with it leaves in the same write. (A corked response ends before its body in Node 24.)
  const { socket } = response;
  socket?.cork();
  response.write("", "latin1");
  setImmediate(() => socket?.uncork());
}

/** Passes a whole answer on, its body as a stream. */
export function passAnswer(response: ServerResponse, answer: Answer): void {
  const { body } = answer;
  body.on("error", () => cut(response));
  if (response.destroyed) {
    body.destroy();
    return;
  }
  writeHead(response, answer);
  response.on("close", () => body.destroy());
  body.pipe(response);
}

/** Ends a response that cannot be finished: the client sees it die where it died, after all that came before. */
export function cut(response: ServerResponse): void {
  // What has just been written is still the response's own to send in Node 26.
  while (response.writableCorked > 0) response.uncork();
  if (response.socket) response.socket.destroySoon();
  else response.destroy();
}
