import { collectResponse } from "../../operators/collectResponse.js";
import type { ProxyContext } from "../context.js";
import { turnEvents } from "../turnEvents.js";
import { jsonRounds, type CollectedAnswer } from "../upstream/jsonRounds.js";
import { followTurn, type HttpTurn } from "./followTurn.js";
import { jsonSink } from "./jsonSink.js";
import { turnRequests } from "./turnRequests.js";

/** Runs a turn from an HTTP request to its response as one JSON text. */
export function runJsonTurn(context: ProxyContext, turn: HttpTurn): void {
  const { target, request, response, roundOne } = turn;
  const requests = turnRequests(request, roundOne);
  let first: CollectedAnswer | undefined;
  const openRound = jsonRounds({
    upstream: context.upstream,
    target,
    encode: requests.outgoing,
    maxBytes: context.options.fold.maxHeldBytes,
    onAnswer: (answer) => {
      if (first) return;
      first = answer;
      requests.answered(answer.head.headers);
    },
  });
  followTurn(
    context,
    turn,
    "json",
    (about) => turnEvents(context, { ...about, openRound }).pipe(collectResponse()),
    jsonSink(response, () => first),
  );
}
