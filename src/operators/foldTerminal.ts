import type { OperatorFunction } from "rxjs";
import { asObject, isItemDone, withData, type ResponseEvent } from "../protocol/event.js";
import { itemText } from "../protocol/continuation.js";
import { itemOf } from "../protocol/items.js";
import { editJson, sliceJson, type JsonEdit } from "../protocol/jsonText.js";
import { isEvent, type RoundEnd, type TurnEnd, type TurnSignal } from "../protocol/signals.js";
import { billedUsage, foldedUsage, responseOf, toWireUsage } from "../protocol/usage.js";
import { NOT_MEANT } from "../protocol/verdict.js";
import { emitEach } from "./emitEach.js";

/**
 * Writes the turn's terminal where the turn ends.
 *
 * ```
 * turn    --r1--S--r2--m2--(T|)      S: round start, T: turn end
 *        foldTerminal()
 * result  --r1--S--r2--m2--(t|)      t: round 2's terminal with round 1's id, output [r1 r2 m2], folded usage
 * ```
 *
 * A naturally ended turn of one round keeps the terminal it had, to the byte. One round that ended on the fingerprint
 * and was released gets `metadata` and nothing else.
 *
 * @returns an operator that passes errors on
 */
export function foldTerminal(): OperatorFunction<TurnSignal, TurnSignal> {
  return emitEach((emit) => {
    const shown: ResponseEvent[] = [];

    return (signal) => {
      if (isEvent(signal)) {
        if (isItemDone(signal) && itemOf(signal)) shown.push(signal);
        emit(signal);
      } else if (signal.kind === "turn_end") {
        const terminal = terminalOf(signal, shown);
        if (terminal) emit(terminal);
        emit(signal);
      } else {
        emit(signal);
      }
    };
  });
}

function terminalOf(turn: TurnEnd, shown: readonly ResponseEvent[]): ResponseEvent | undefined {
  const { terminal, tier } = turn.released;
  if (!terminal) return undefined;
  const folded = turn.rounds.length > 1;
  if (!folded && (tier === undefined || NOT_MEANT.has(turn.reason))) return terminal;
  const edits = folded ? [...identity(turn), ...output(shown), ...usage(turn)] : [];
  return withData(terminal, editJson(terminal.data, [...edits, ...metadata(turn)]));
}

/** The client knows its response by the id and time of round 1. */
function identity({ rounds }: TurnEnd): JsonEdit[] {
  const first = rounds[0]?.terminal?.data ?? "";
  return ["id", "created_at"].flatMap((key) => {
    const path = ["response", key];
    const raw = sliceJson(first, path);
    return raw === undefined ? [] : [{ path, raw }];
  });
}

/** The terminal of a real backend may list no output although items were streamed (recorded round). */
function output(shown: readonly ResponseEvent[]): JsonEdit[] {
  return [{ path: ["response", "output"], raw: `[${shown.map(itemText).join(",")}]` }];
}

function usage({ rounds, released }: TurnEnd): JsonEdit[] {
  if (!released.usage) return [];
  const folded = toWireUsage(foldedUsage(usages(rounds), released.usage));
  const own = asObject(responseOf(released.terminal)?.["usage"]);
  const first = asObject(responseOf(rounds[0]?.terminal)?.["usage"]);
  const merged = {
    ...own,
    ...folded,
    input_tokens_details: {
      ...asObject(first?.["input_tokens_details"]),
      ...asObject(folded["input_tokens_details"]),
    },
    output_tokens_details: {
      ...asObject(own?.["output_tokens_details"]),
      ...asObject(folded["output_tokens_details"]),
    },
  };
  return [{ path: ["response", "usage"], raw: JSON.stringify(merged) }];
}

function metadata({ rounds, released, reason }: TurnEnd): JsonEdit[] {
  const added = {
    proxy_rounds: rounds.flatMap(roundNumbers),
    proxy_billed_usage: toWireUsage(billedUsage(usages(rounds))),
    ...(reason === "natural" ? {} : { proxy_stopped_reason: reason }),
  };
  const path = ["response", "metadata"];
  if (!asObject(responseOf(released.terminal)?.["metadata"])) return [{ path, raw: JSON.stringify(added) }];
  return Object.entries(added).map(([key, value]) => ({ path: [...path, key], raw: JSON.stringify(value) }));
}

function roundNumbers({ round, usage, tier }: RoundEnd) {
  return usage ? [{ round, reasoning_tokens: usage.reasoning, n: tier ?? null }] : [];
}

function usages(rounds: readonly RoundEnd[]) {
  return rounds.map((round) => round.usage);
}
