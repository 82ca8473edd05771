import { EMPTY, catchError, concat, defer, map, of, takeWhile, type OperatorFunction } from "rxjs";
import { RoundRejected } from "../protocol/errors.js";
import { isItemDone, isTerminal, type ResponseEvent } from "../protocol/event.js";
import { tierOf } from "../protocol/fingerprint.js";
import type { FoldOptions } from "../protocol/foldOptions.js";
import { encryptedContent, isAnswer, isReasoning, itemOf } from "../protocol/items.js";
import { NO_THINKING } from "../protocol/liveOutput.js";
import { final, type FinalReason, type RoundEnd } from "../protocol/signals.js";
import { reportsReasoning, usageOf } from "../protocol/usage.js";
import { judge, type RoundFacts } from "../protocol/verdict.js";

/** What {@link detectFingerprint} must know of its round. */
export interface DetectOptions {
  /** 1 for the client's own request. */
  readonly round: number;
  /** Why this round will not be continued, where that is known before it begins. */
  readonly barred: FinalReason | undefined;
  /** Tokens of the rounds before this one. */
  readonly billedBefore: number;
  readonly model: string;
  /** The request's `reasoning.effort`. */
  readonly effort: string | undefined;
  readonly fold: FoldOptions;
}

/**
 * Replaces a round's terminal by its end: the terminal, the usage and the verdict.
 *
 * ```
 * round   --r--m--t|          t: 516 reasoning tokens
 *        detectFingerprint()
 * result  --r--m--(E|)        E: {verdict: continue, terminal: t}
 *
 * round   --r--m--t--d|       t: 291 reasoning tokens, d: [DONE]
 * result  --r--m--E--d|       E: {verdict: final natural, terminal: t}
 *
 * round   --r--m--#
 * result  --r--m--(E|)        E: {verdict: final no_terminal, failure}
 * ```
 *
 * A round always has exactly one end, however it died: what its death means is for
 * `continueRounds` to say. Only a final round 1 is
 * read on after its terminal.
 *
 * @returns an operator that never errors by itself
 */
export function detectFingerprint(
  options: DetectOptions,
): OperatorFunction<ResponseEvent, ResponseEvent | RoundEnd> {
  return (source) =>
    defer(() => {
      let hasEncryptedReasoning = false;
      let answered = false;
      let ended = false;

      const end = (terminal?: ResponseEvent, failure?: RoundEnd["failure"]): RoundEnd => {
        ended = true;
        return roundEnd(options, { hasEncryptedReasoning, answered }, terminal, failure);
      };
      const detect = (event: ResponseEvent): ResponseEvent | RoundEnd => {
        if (ended) return event;
        if (isTerminal(event)) return end(event);
        if (isItemDone(event)) {
          hasEncryptedReasoning ||= isEncryptedReasoning(event);
          answered ||= isAnswer(itemOf(event));
        }
        return event;
      };

      return concat(
        source.pipe(
          map(detect),
          // An error after the terminal changes nothing: the response is complete.
          catchError((error: unknown) => (ended ? EMPTY : of(end(undefined, { error })))),
        ),
        defer(() => (ended ? EMPTY : of(end()))),
      ).pipe(takeWhile((signal) => signal.kind === undefined || mayTrail(signal), true));
    });
}

/** What follows a terminal (`[DONE]`) belongs to a turn that nobody touches; a fold ends with its terminal. */
function mayTrail({ round, verdict }: RoundEnd): boolean {
  return round === 1 && verdict.action === "final";
}

function isEncryptedReasoning(done: ResponseEvent): boolean {
  const item = itemOf(done);
  return isReasoning(item) && encryptedContent(item) !== undefined;
}

function isTooLong(failure: RoundEnd["failure"]): boolean {
  return failure?.error instanceof RoundRejected && failure.error.tooLong;
}

function roundEnd(
  { fold, ...known }: DetectOptions,
  seen: Pick<RoundFacts, "hasEncryptedReasoning" | "answered">,
  terminal: ResponseEvent | undefined,
  failure: RoundEnd["failure"],
): RoundEnd {
  const usage = usageOf(terminal);
  const completed = terminal?.type === "response.completed";
  const facts = {
    ...known,
    completed,
    usage,
    reportsReasoning: reportsReasoning(terminal),
    ...seen,
  };
  return {
    kind: "round_end",
    round: known.round,
    verdict: terminal ? judge(facts, fold) : final(isTooLong(failure) ? "hold_limit" : "no_terminal"),
    tier: completed ? tierOf(usage?.reasoning) : undefined,
    terminal,
    failure,
    usage,
    answered: seen.answered,
    thinking: NO_THINKING,
    shown: [],
    held: [],
  };
}
