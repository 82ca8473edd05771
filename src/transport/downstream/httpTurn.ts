import type { IncomingMessage, ServerResponse } from "node:http";
import { headerValues } from "../../protocol/rawHeaders.js";
import type { ProxyContext } from "../context.js";
import { decodeBody, encodingNames } from "../encodings.js";
import { endToEnd } from "../headers.js";
import type { Outgoing } from "../upstream/send.js";
import type { Target } from "../upstream/target.js";
import { readBody } from "./body.js";
import { passthrough } from "./passthrough.js";
import { runJsonTurn } from "./runJsonTurn.js";
import { runTurn } from "./runTurn.js";
import { edited, storedRequest, type StoredRequest } from "./storedRequest.js";
import { renamedPrevious, rewritten, roundOneEdits } from "./turnRequests.js";

/**
 * Serves `POST /v1/responses`: a request for a response is a turn and goes through the pipeline, streaming or not. What
 * is none passes through.
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
  const { buffer, byteOffset, byteLength } = await decodeBody(bytes, encodings, limits.bodyBytes);
  // The client may have left while its body was being decoded.
  if (request.socket.destroyed) return;

  const original = storedRequest(Buffer.from(buffer, byteOffset, byteLength));
  const untouched: Outgoing = { headers: endToEnd(request.rawHeaders), body: bytes };
  const outgoing = (sent: StoredRequest | undefined): Outgoing =>
    sent && sent !== original ? rewritten(request, sent.bytes) : untouched;

  if (!original || isFiledOnly(original)) {
    const sent = original && edited(original, renamedPrevious(original, context.aliases));
    return passthrough(context.upstream, target, request, response, outgoing(sent));
  }
  const turn = edited(original, roundOneEdits(original, context));
  const run = turn.unstreamed ? runJsonTurn : runTurn;
  run(context, { target, request, response, turn, roundOne: outgoing(turn) });
}

/** The answer is not the response, but says that there will be one. */
function isFiledOnly({ unstreamed, json }: StoredRequest): boolean {
  return unstreamed === true && json["background"] === true;
}
