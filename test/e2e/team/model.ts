import type { JsonObject } from "../../../src/protocol/event.js";
import { round, type Answer, type UpstreamRequest } from "../../../src/testing/index.js";
import { seeded } from "../../chaos/support/random.js";

/** The share of rounds that are cut. */
const CUT = 0.3;

/** After so many continuations a turn is not cut any more: there would be none left to mend it. */
const MOST_CUTS = 2;

/** A round takes half a second: what runs is met by the restarts, and not always in the same place. */
const EVENTS_PER_SECOND = 60;

/** What the model says where it was not cut. */
export const answerTo = (question: string): string => `The answer to ${question}.`;

/** Where it was. */
export const WRONG = "29";

/** What was asked: the last message of the user. */
export function questionOf({ history }: UpstreamRequest): string {
  const message = history.findLast(({ role }) => role === "user");
  return String((message?.["content"] as JsonObject[] | undefined)?.[0]?.["text"]);
}

/** What a continuation goes on from: no two go on from the same. */
export function cutThought({ history }: UpstreamRequest): unknown {
  return history.findLast(({ type }) => type === "reasoning")?.["encrypted_content"];
}

/** Cuts rounds by the question and by how far its turn has come; "always" in a question cuts its first round. */
export function cuttingModel(seed: string): (request: UpstreamRequest) => Answer {
  return (request) => {
    const question = questionOf(request);
    const continuations = request.input.filter(({ phase }) => phase === "commentary").length;
    const random = seeded(`${seed} ${question} ${continuations}`);
    const isCut =
      continuations < MOST_CUTS && (random() < CUT || (continuations === 0 && question.includes("always")));
    const begun = round({ seed: request.number });
    const events = isCut
      ? begun.reasoning(516).message(WRONG).completed()
      : begun.reasoning(291).message(answerTo(question)).completed();
    return { events, eventsPerSecond: EVENTS_PER_SECOND };
  };
}
