import { isItemDone, isLifecycle, isTerminal, type ResponseEvent } from "../../protocol/event.js";
import { itemOf } from "../../protocol/items.js";
import { memberText, sliceJson } from "../../protocol/jsonText.js";
import { releasedIndex } from "./numbers.js";
import { isCompleted, nameOf, placed, responseIn, terminalOf, unnumbered, type Placed } from "./reading.js";
import type { WatchedTurn } from "./watchedTurn.js";

/** What became of a fold's rounds. */
interface Fold {
  readonly turn: WatchedTurn;
  /** 0 for round 1. */
  readonly released: number;
  /** The last round did not complete, and the one before it was released. */
  readonly failed: boolean;
  /** What the client got, in its order. */
  readonly got: readonly Placed[];
  /** What it did not get. */
  readonly missed: readonly Placed[];
}

/**
 * Invariants 2, 4, 5 and 7 on a turn of several rounds: what the client got of each round, in which order, and what
 * the terminal lists.
 *
 * @returns what is wrong, a line each
 */
export function eventsProblems(turn: WatchedTurn): string[] {
  const early = turn.rounds.slice(0, -1).findIndex((round) => !isCompleted(round));
  if (early >= 0) return [`4: went on from round ${early + 1}, which had not completed`];
  const { got, missed, unknown } = match(turn);
  const released = releasedIndex(turn.rounds);
  const fold: Fold = { turn, released, failed: released < turn.rounds.length - 1, got, missed };
  return [
    ...unknown.map((event) => `7: ${nameOf(event)}, which no round sent`),
    ...losses(fold),
    ...traces(fold),
    ...orderProblems(fold),
    ...terminalProblems(fold),
  ];
}

/** Finds for every event of the client the one that the upstream sent. */
function match({ client, rounds }: WatchedTurn) {
  const sent = rounds.flatMap(placed).filter(({ part }) => part !== "terminal");
  const byText = new Map<string, Placed[]>();
  for (const event of sent) {
    const text = unnumbered(event.event);
    byText.set(text, [...(byText.get(text) ?? []), event]);
  }
  const used = new Set<Placed>();
  const got: Placed[] = [];
  const unknown: ResponseEvent[] = [];
  /** Of what stands outside of the response, and of what is in it: the one overtakes the other. */
  const last = new Map<boolean, Placed>();
  for (const event of client) {
    if (event.framing?.repeated || isTerminal(event)) continue;
    const free = (byText.get(unnumbered(event)) ?? []).filter((candidate) => !used.has(candidate));
    const found = free.find((candidate) => follows(candidate, last)) ?? free[0];
    if (!found || (isLifecycle(event) && found.round > 0)) {
      unknown.push(event);
      continue;
    }
    used.add(found);
    got.push(found);
    last.set(isOutside(found), found);
  }
  return { got, unknown, missed: sent.filter((candidate) => !used.has(candidate)) };
}

function follows(candidate: Placed, last: ReadonlyMap<boolean, Placed>): boolean {
  const before = last.get(isOutside(candidate));
  return before === undefined || isBefore(before, candidate);
}

function isOutside({ part }: Placed): boolean {
  return part === "outside";
}

/** Invariant 4: thinking is never lost, nor is anything of the round that was released. */
function losses(fold: Fold): string[] {
  const { released, failed, missed } = fold;
  const instead = failed && hasCommitted(fold);
  return missed
    .filter(({ round, part, event }) => {
      if (part === "announcement") return round === 0 && event.type === "response.created";
      if (round > released || part === "loose") return false;
      if (part === "message" || part === "action") return round === released && !instead;
      return true;
    })
    .map(({ round, event }) => `4: ${nameOf(event)} of round ${round + 1} did not reach the client`);
}

/** Invariant 5: nothing is left of output that was dropped, and nothing was answered twice. */
function traces(fold: Fold): string[] {
  const { turn, released, failed, got, missed } = fold;
  const torn = new Set(missed.map(({ item }) => item));
  const instead = failed && hasCommitted(fold);
  return got
    .filter(({ round, part, item }) => {
      if (part !== "message" && part !== "action") return false;
      if (round < released) return part === "action" || !turn.liveMessages || torn.has(item);
      return round === released && instead && !(turn.liveMessages && part === "message" && !torn.has(item));
    })
    .map(({ round, event }) => `5: ${nameOf(event)} of round ${round + 1} was dropped, and came out`);
}

/** True if the round that failed had given a whole answer, or a call: then nothing is released beside it. */
function hasCommitted({ turn, got }: Fold): boolean {
  return got.some(
    ({ round, part, event }) =>
      round === turn.rounds.length - 1 &&
      (part === "message" || part === "action") &&
      isItemDone(event) &&
      itemOf(event)?.["phase"] !== "commentary",
  );
}

/** Invariant 2: rounds follow each other, each in its own order. */
function orderProblems({ released, failed, got }: Fold): string[] {
  const outside = got.filter(isOutside);
  const inside = got.filter((event) => !isOutside(event));
  // A failed continuation was shown before what the round before it had held.
  const isLate = ({ round, part }: Placed): boolean =>
    failed && round === released && ["message", "action", "loose"].includes(part);
  const early = inside.filter((event) => !isLate(event));
  const late = inside.filter(isLate);
  // What had begun before the hold ended first, so there only the items follow each other, and each one's own events.
  const names = [...new Set(late.map(({ item }) => item))];
  const byItem = names.map((name) => late.filter(({ item }) => item === name));
  const begins = byItem.flatMap(([first]) => first ?? []);
  return [outside, early, begins, ...byItem].flatMap((events) =>
    events.flatMap((event, index) => {
      const next = events[index + 1];
      if (next === undefined || isBefore(event, next)) return [];
      return [
        `2: ${nameOf(event.event)} of round ${event.round + 1} before ${nameOf(next.event)} of ${next.round + 1}`,
      ];
    }),
  );
}

function isBefore(a: Placed, b: Placed): boolean {
  return a.round < b.round || (a.round === b.round && a.position < b.position);
}

/** Invariant 7: the released round's terminal, as round 1's response, with what went out as its output. */
function terminalProblems({ turn, released }: Fold): string[] {
  const terminal = turn.client.findLast(isTerminal);
  const own = terminalOf(turn.rounds[released] ?? []);
  if (!terminal || !own) return ["4: the client got no terminal"];
  if (terminal.type !== own.type) return [`4: ${terminal.type} where ${own.type} is due`];

  const [response, first, last] = [terminal, terminalOf(turn.rounds[0] ?? []), own].map(responseIn);
  const problems: string[] = [];
  for (const key of ["id", "created_at"]) {
    if (response?.[key] !== first?.[key]) problems.push(`7: the terminal's ${key} is not round 1's`);
  }
  const rebuilt = new Set(["id", "created_at", "output", "usage", "metadata"]);
  for (const key of Object.keys({ ...response, ...last }).filter((key) => !rebuilt.has(key))) {
    const path = ["response", key];
    if (sliceJson(terminal.data, path) !== sliceJson(own.data, path))
      problems.push(`7: the terminal's ${key} is not the released round's`);
  }
  const items = turn.client.filter((event) => isItemDone(event) && itemOf(event));
  const due = `[${items.map(({ data }) => memberText(data, "item")).join(",")}]`;
  if (sliceJson(terminal.data, ["response", "output"]) !== due)
    problems.push("7: the terminal's output is not what went out");
  return problems;
}
