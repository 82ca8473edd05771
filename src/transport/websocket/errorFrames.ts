import { from, of, throwError, type Observable } from "rxjs";
import { asObject, parseJsonObject, type JsonObject } from "../../protocol/event.js";
import { RoundRejected, UpstreamLost, type Answer, type RawHeaders } from "../../protocol/errors.js";
import { endToEnd } from "../headers.js";
import { refusalBody } from "./refusal.js";

/**
 * A failed round as the wrapped error frame that Codex handles as it would the HTTP status (seen).
 *
 * @returns errors with what cannot be said in a frame: a stream that died has to die for the client too
 */
export function errorFrame(error: unknown): Observable<string> {
  if (error instanceof RoundRejected) return from(refusalFrame(error.answer));
  if (error instanceof UpstreamLost && error.phase !== "stream") {
    const status = error.phase === "timeout" ? 504 : 502;
    const message = `codexcomp could not get an answer from the upstream: ${error.message}.`;
    return of(frame(status, { type: "server_error", code: "upstream_connection_error", message }));
  }
  return throwError(() => error);
}

/** What the backend says of a response it does not know; Codex then sends the whole conversation (seen). */
export function notFoundFrame(previous: string): string {
  const message = `Previous response with id '${previous}' not found.`;
  return frame(400, {
    type: "invalid_request_error",
    code: "previous_response_not_found",
    message,
    param: "previous_response_id",
  });
}

async function refusalFrame(answer: Answer): Promise<string> {
  const { status, headers } = answer;
  const text = (await refusalBody(answer)).toString();
  const json = parseJsonObject(text);
  const error = asObject(json?.["error"]) ?? json ?? { message: text.slice(0, 2000) };
  return frame(status, error, frameHeaders(headers));
}

function frame(status: number, error: JsonObject, headers: JsonObject = {}): string {
  return JSON.stringify({ type: "error", status, error, headers });
}

function frameHeaders(raw: RawHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  const kept = endToEnd(raw, ["content-length", "content-encoding", "set-cookie"]);
  for (let i = 0; i + 1 < kept.length; i += 2) headers[(kept[i] ?? "").toLowerCase()] = kept[i + 1] ?? "";
  return headers;
}
