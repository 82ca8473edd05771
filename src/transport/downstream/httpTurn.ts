import type { IncomingMessage, ServerResponse } from "node:http";
import { BehaviorSubject } from "rxjs";
import { RoundRejected } from "../../protocol/errors.js";
import {
  includeEncryptedReasoning,
  readRequest,
  withText,
  type TurnRequest,
} from "../../protocol/request.js";
import type { JsonEdit } from "../../protocol/jsonText.js";
import { whyNeverContinued } from "../../protocol/verdict.js";
import { foldTurn, type Observe } from "../../pipeline.js";
import { foldedIds, recordTurn } from "../../reports/turnReport.js";
import type { ProxyContext } from "../context.js";
import { decodeBody, encodingNames } from "../encodings.js";
import { endToEnd, header, headerValues } from "../headers.js";
import { sseRounds } from "../upstream/sseRounds.js";
import type { Target } from "../upstream/target.js";
import { readBody } from "./body.js";
import { passthrough } from "./passthrough.js";
import { passAnswer, respondFailure, writeHead } from "./respond.js";
import { sseSink } from "./sseSink.js";

const TURN_STATE = "x-codex-turn-state";

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
  const body = await readBody(request, limits.bodyBytes);
  const encodings = encodingNames(headerValues(request.rawHeaders, "content-encoding"));
  const decoded = await decodeBody(body, encodings, limits.bodyBytes);
  const original = readRequest(
    Buffer.from(decoded.buffer, decoded.byteOffset, decoded.byteLength).toString(),
  );
  const turn = withText(original, roundOneEdits(original, context));
  if (turn.json["stream"] !== true) {
    return passthrough(
      context.upstream,
      target,
      request,
      response,
      turn === original ? body : Buffer.from(turn.text),
    );
  }
  // The client may have left while its body was being decoded.
  if (!response.destroyed)
    await runTurn(context, target, request, response, turn, turn === original ? body : undefined);
}

/** @param bytes round 1's body exactly as the client sent it; absent where it had to be changed */
function runTurn(
  { options, upstream, aliases, reports, liveLimit }: ProxyContext,
  target: Target,
  request: IncomingMessage,
  response: ServerResponse,
  turn: TurnRequest,
  bytes: Buffer | undefined,
): Promise<void> {
  const flowing = new BehaviorSubject(true);
  const plainHeaders = endToEnd(request.rawHeaders, ["content-encoding", "content-length"]);
  let turnState = header(request.rawHeaders, TURN_STATE);
  let headSent = false;

  const openRound = sseRounds({
    upstream,
    target,
    flowing,
    encode: (body) => {
      if (bytes && body === turn.text) return { headers: endToEnd(request.rawHeaders), body: bytes };
      const pinned = header(plainHeaders, TURN_STATE) !== undefined;
      return {
        headers: turnState && !pinned ? [...plainHeaders, TURN_STATE, turnState] : plainHeaders,
        body,
      };
    },
    onHead: (answer) => {
      if (headSent) return;
      headSent = true;
      turnState ??= header(answer.headers, TURN_STATE);
      writeHead(response, answer, ["content-length", "content-encoding"]);
    },
  });

  const recorder = recordTurn(turn, "http", reports);
  return new Promise((resolve) => {
    const sink = sseSink(response, flowing);
    const done = (failure?: unknown): void => {
      recorder.finish(failure);
      resolve();
    };
    const observe: Observe = (signal) => {
      recorder.observe(signal);
      const ids = signal.kind === "turn_end" && foldedIds(signal);
      if (ids) aliases.add(ids.seen, ids.released);
    };
    const subscription = foldTurn(turn, openRound, options.fold, { observe, liveLimit }).subscribe({
      next: sink.next,
      complete: () => {
        sink.complete();
        done();
      },
      error: (error: unknown) => {
        done(error);
        if (error instanceof RoundRejected)
          passAnswer(response, error.answer).catch(() => response.destroy());
        else {
          sink.flush();
          respondFailure(response, error);
        }
      },
    });
    // Also fires while nothing is being written because output is held: then the upstream would run on unheard.
    response.on("close", () => {
      subscription.unsubscribe();
      done();
    });
  });
}

/** What round 1 must say differently from what the client wrote. */
function roundOneEdits(request: TurnRequest, { options, aliases }: ProxyContext): JsonEdit[] {
  const previous = request.json["previous_response_id"];
  const upstreamId = typeof previous === "string" ? aliases.resolve(previous) : previous;
  const renamed =
    upstreamId === previous ? [] : [{ path: ["previous_response_id"], raw: JSON.stringify(upstreamId) }];
  const foldable =
    request.json["stream"] === true && whyNeverContinued(request, [], options.fold) === undefined;
  return foldable ? [...renamed, ...includeEncryptedReasoning(request)] : renamed;
}
