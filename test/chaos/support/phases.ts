import { responseEvent } from "../../../src/protocol/event.js";
import { round } from "../../../src/testing/index.js";
import type { Transport } from "./transports.js";

/** A place in a turn where something can go wrong. */
export interface Phase {
  readonly name: string;
  /** The column of docs/reliability.md. */
  readonly column: Column;
  readonly round: 1 | 2;
  /**
   * `upgrade`: before the answer to a WebSocket's handshake; `head`: before the round's first byte; `body`: in the middle
   * of one that does not stream.
   */
  readonly at: "upgrade" | "head" | "reasoning" | "output" | "terminal" | "body";
  /** The answer is not held: its reasoning is too short to have been cut. */
  readonly live?: true;
}

export const COLUMNS = [
  "before the upgrade",
  "before the answer",
  "in the reasoning",
  "in held output",
  "in live output",
  "at the terminal",
  "in a JSON body",
  "in a continuation",
] as const;

export type Column = (typeof COLUMNS)[number];

export const PHASES: readonly Phase[] = [
  { name: "before the upgrade's answer", column: "before the upgrade", round: 1, at: "upgrade" },
  { name: "before the answer", column: "before the answer", round: 1, at: "head" },
  { name: "in the reasoning", column: "in the reasoning", round: 1, at: "reasoning" },
  { name: "in held output", column: "in held output", round: 1, at: "output" },
  { name: "in live output", column: "in live output", round: 1, at: "output", live: true },
  { name: "at the terminal", column: "at the terminal", round: 1, at: "terminal" },
  { name: "at a live answer's terminal", column: "at the terminal", round: 1, at: "terminal", live: true },
  { name: "in a body", column: "in a JSON body", round: 1, at: "body" },
  { name: "in a body that is not cut", column: "in a JSON body", round: 1, at: "body", live: true },
  { name: "before a continuation's answer", column: "in a continuation", round: 2, at: "head" },
  { name: "in a continuation's reasoning", column: "in a continuation", round: 2, at: "reasoning" },
  { name: "in a continuation's output", column: "in a continuation", round: 2, at: "output" },
  { name: "at a continuation's terminal", column: "in a continuation", round: 2, at: "terminal" },
  { name: "in a continuation's body", column: "in a continuation", round: 2, at: "body" },
];

/** What the model says when it was cut, and what it says when it was not. */
export const ANSWERS = { cut: "29", whole: "21", live: "4" } as const;

/** The round that answers a request; every request has ids of its own. */
export function roundFor(request: { number: number; isContinuation: boolean }, live: boolean) {
  const seed = request.number;
  if (live) return round({ seed }).reasoning(10).message(ANSWERS.live).completed();
  return request.isContinuation
    ? round({ seed }).reasoning(291).message(ANSWERS.whole).completed()
    : round({ seed }).reasoning(516).message(ANSWERS.cut).completed();
}

/** The event before which the phase lies. */
export function indexOf({ at }: Phase, texts: readonly string[]): number {
  if (at === "upgrade" || at === "head") return 0;
  if (at === "body") return Math.floor(texts.length / 2);
  if (at === "terminal") return texts.length - 1;
  const type = at === "reasoning" ? "response.reasoning_summary_text.delta" : "response.output_text.delta";
  return texts.findIndex((text) => responseEvent(text).type === type);
}

/** True where a turn over that transport comes to that phase. */
export function isReached({ at }: Phase, transport: Transport): boolean {
  if (at === "upgrade") return transport === "WebSocket";
  if (at === "head") return true;
  return (at === "body") === (transport === "JSON");
}
