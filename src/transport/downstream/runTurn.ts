import { BehaviorSubject } from "rxjs";
import type { ProxyContext } from "../context.js";
import { turnEvents } from "../turnEvents.js";
import { sseRounds } from "../upstream/sseRounds.js";
import { followTurn, type HttpTurn } from "./followTurn.js";
import { respondFailure, writeHead } from "./respond.js";
import { sseSink } from "./sseSink.js";
import { turnRequests } from "./turnRequests.js";

/** Runs a turn from an HTTP request to its SSE response. */
export function runTurn(context: ProxyContext, turn: HttpTurn): void {
  const { target, request, response, roundOne } = turn;
  const flowing = new BehaviorSubject(true);
  const requests = turnRequests(request, roundOne);
  const openRound = sseRounds({
    upstream: context.upstream,
    target,
    flowing,
    encode: requests.outgoing,
    onHead: (answer) => {
      if (response.headersSent) return;
      requests.answered(answer.headers);
      // The events are written anew: maybe more of them, and as they are.
      writeHead(response, answer, ["content-length", "content-encoding"]);
    },
  });
  const { next, complete, flush } = sseSink(response, flowing);
  followTurn(context, turn, "http", (about) => turnEvents(context, { ...about, openRound }), {
    next,
    complete,
    fail: (error) => {
      flush();
      respondFailure(response, error);
    },
  });
}
