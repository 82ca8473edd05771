import type { IncomingMessage, ServerResponse } from "node:http";
import { parseRequest, withText } from "../../protocol/request.js";
import type { ProxyContext } from "../context.js";
import { decodeBody, encodingNames } from "../encodings.js";
import { endToEnd, headerValues } from "../headers.js";
import type { Outgoing } from "../upstream/send.js";
import type { Target } from "../upstream/target.js";
import { readBody } from "./body.js";
import { passthrough } from "./passthrough.js";
import { runTurn } from "./runTurn.js";
import { renamedPrevious, rewritten, roundOneEdits } from "./turnRequests.js";

/**
 * Serves `POST /v1/responses`: a streaming request is a turn and goes through the pipeline, any other passes through.
 *
 * @throws {InvalidRequest} for a body that cannot be decoded or parsed
 * @throws {UpstreamLost} when a request that passes through was not answered
 */
export async function httpTurn(
  context: ProxyContext,
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { limits } = context.options;
  const bytes = await readBody(request, limits.bodyBytes);
  const encodings = encodingNames(headerValues(request.rawHeaders, "content-encoding"));
  const decoded = await decodeBody(bytes, encodings, limits.bodyBytes);
  // The client may have left while its body was being decoded.
  if (request.socket.destroyed) return;

  const text = Buffer.from(decoded.buffer, decoded.byteOffset, decoded.byteLength).toString();
  const original = parseRequest(text);
  const untouched: Outgoing = { headers: endToEnd(request.rawHeaders), body: bytes };
  if (original?.json["stream"] === true) {
    const turn = withText(original, roundOneEdits(original, context));
    const roundOne = turn === original ? untouched : undefined;
    return runTurn(context, { target, request, response, turn, roundOne });
  }
  const renamed = original && withText(original, renamedPrevious(original, context.aliases));
  const outgoing = renamed && renamed !== original ? rewritten(request, renamed.text) : untouched;
  return passthrough(context.upstream, target, request, response, outgoing);
}
