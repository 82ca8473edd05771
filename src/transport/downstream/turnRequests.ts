import type { IncomingMessage } from "node:http";
import type { RawHeaders } from "../../protocol/errors.js";
import type { JsonEdit } from "../../protocol/jsonText.js";
import type { TurnRequest } from "../../protocol/request.js";
import { continuationNeeds } from "../../protocol/verdict.js";
import { header } from "../../protocol/rawHeaders.js";
import type { ProxyContext } from "../context.js";
import { endToEnd, TURN_STATE } from "../headers.js";
import type { ResponseAliases } from "../responseAliases.js";
import type { Outgoing } from "../upstream/send.js";

/** Says of a body how it is written: no longer true of one that we wrote. */
const BODY_HEADERS = ["content-encoding", "content-length"];

/** What must not be said of two different requests: the upstream would answer the second with the first's response. */
const ONCE_ONLY = "idempotency-key";

/** The requests of a turn's rounds. */
export interface TurnRequests {
  /** The headers and the body for the next round; round 1 comes first. */
  readonly outgoing: (body: string) => Outgoing;
  /** Hears the head of round 1's answer: its `x-codex-turn-state` goes with the continuations. */
  readonly answered: (headers: RawHeaders) => void;
}

export function turnRequests({ rawHeaders }: IncomingMessage, roundOne: Outgoing): TurnRequests {
  const continued = endToEnd(rawHeaders, [...BODY_HEADERS, ONCE_ONLY]);
  const isPinned = header(continued, TURN_STATE) !== undefined;
  let first: Outgoing | undefined = roundOne;
  let state: string[] = [];
  return {
    outgoing: (body) => {
      const next = first ?? { headers: [...continued, ...state], body };
      first = undefined;
      return next;
    },
    answered: (headers) => {
      const given = header(headers, TURN_STATE);
      if (given !== undefined && !isPinned) state = [TURN_STATE, given];
    },
  };
}

/** The client's request with a body that we wrote. */
export function rewritten({ rawHeaders }: IncomingMessage, body: Buffer): Outgoing {
  return { headers: endToEnd(rawHeaders, BODY_HEADERS), body };
}

/** What round 1 must say differently from what the client wrote. */
export function roundOneEdits(turn: TurnRequest, { options, aliases }: ProxyContext): JsonEdit[] {
  return [...renamedPrevious(turn, aliases), ...continuationNeeds(turn, options.fold)];
}

/** `previous_response_id` of a fold means the response that the upstream knows. */
export function renamedPrevious({ json }: TurnRequest, aliases: ResponseAliases): JsonEdit[] {
  const previous = json["previous_response_id"];
  if (typeof previous !== "string") return [];
  const known = aliases.resolve(previous);
  return known === previous ? [] : [{ path: ["previous_response_id"], raw: JSON.stringify(known) }];
}
