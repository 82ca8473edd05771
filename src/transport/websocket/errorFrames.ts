import type { Answer, RawHeaders, UpstreamLost } from "../../protocol/errors.js";
import { asObject, parseJsonObject } from "../../protocol/event.js";
import { memberText } from "../../protocol/jsonText.js";
import { headerValues } from "../../protocol/rawHeaders.js";
import { decodedStream, encodingNames } from "../encodings.js";
import { endToEnd } from "../headers.js";
import { readRefusal } from "./refusal.js";

/**
 * A refused POST as the wrapped error frame that Codex handles as it would the HTTP answer (seen): the upstream's
 * status, its own `error` object to the letter, its headers.
 */
export async function refusalFrame({ status, headers, body }: Answer): Promise<string> {
  const decoded = decodedStream(body, encodingNames(headerValues(headers, "content-encoding")));
  const text = decoded ? (await readRefusal(decoded)).bytes.toString() : "";
  // A success that is no event stream is none: with its own status no client would take it for an error.
  const shown = status < 300 ? 502 : status;
  return frame(shown, errorText(text), frameHeaders(headers));
}

/** An upstream that gave no answer, or stopped in the middle of one. */
export function lossFrame({ message, phase }: UpstreamLost): string {
  const verb =
    phase === "stream"
      ? "lost the upstream in the middle of its answer"
      : "could not get an answer from the upstream";
  return error(phase === "timeout" ? 504 : 502, {
    type: "server_error",
    code: "upstream_connection_error",
    message: `codexcomp ${verb}: ${message}.`,
  });
}

/** What the backend says of a response it does not know; Codex then sends the whole conversation (seen). */
export function notFoundFrame(previous: string): string {
  return error(400, {
    type: "invalid_request_error",
    code: "previous_response_not_found",
    message: `Previous response with id '${previous}' not found.`,
    param: "previous_response_id",
  });
}

/** The refusal of a frame that is no JSON object. */
export function unreadableFrame(): string {
  const message = "The frame is not a JSON object.";
  return error(400, { type: "invalid_request_error", code: "invalid_json", message });
}

/** A fault of ours. */
export function bugFrame(): string {
  const message = "codexcomp failed on this request; its log says why.";
  return error(500, { type: "server_error", code: "proxy_error", message });
}

function error(
  status: number,
  body: { type: string; code: string; message: string; param?: string },
): string {
  return frame(status, JSON.stringify({ param: null, ...body }), {});
}

function frame(status: number, error: string, headers: object): string {
  return `{"type":"error","status":${status},"error":${error},"headers":${JSON.stringify(headers)}}`;
}

/** The error inside a body; of a body in another shape, all of it. */
function errorText(body: string): string {
  const json = parseJsonObject(body);
  if (!json) return JSON.stringify({ message: body.slice(0, 2000) });
  return asObject(json["error"]) ? (memberText(body, "error") ?? body) : body;
}

function frameHeaders(raw: RawHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  const kept = endToEnd(raw, ["content-length", "content-encoding", "set-cookie"]);
  for (let i = 0; i + 1 < kept.length; i += 2) {
    const name = (kept[i] ?? "").toLowerCase();
    headers[name] = name in headers ? `${headers[name]}, ${kept[i + 1]}` : (kept[i + 1] ?? "");
  }
  return headers;
}
