import { lineFilter, type LineFilter } from "./lines.js";
import type { JsonObject } from "../../protocol/event.js";
import { thinkingIn, type Thinking } from "../../protocol/liveOutput.js";
import { isOfInterest, isThinkingItem, readRecord, type SessionRecord } from "./records.js";

/** One response of a model, as a session log tells of it. */
export interface LoggedResponse {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly model: string;
  /** `default` where Codex set none. */
  readonly effort: string;
  /** Reasoning tokens. */
  readonly reasoning: number;
  /** How many reasoning items there were, and how large; only where asked for. */
  readonly thinking?: Thinking;
}

export interface ReadOptions {
  /** Reads the sizes of the responses' encrypted reasoning too. */
  readonly sizes?: boolean;
}

/** How many responses are remembered, to know them again in forks: some 10 MB. */
const REMEMBERED = 100_000;

/**
 * Reads session logs one after the other, and hands on every response once.
 *
 * A log repeats itself: counts are written again when only rate limits have changed, and a fork begins with the whole
 * log it was forked from, under new times (0.142; 0.169 refers to it instead).
 *
 * @param take gets each response, in the order of the log
 * @returns opens the next log; push its text into what that returns
 */
export function responseReader(
  take: (response: LoggedResponse) => void,
  { sizes = false }: ReadOptions = {},
): () => LineFilter {
  const remembered = new Set<string>();

  function isKnown(key: string): boolean {
    if (remembered.has(key)) return true;
    remembered.add(key);
    // A set hands out its entries oldest first.
    for (const oldest of remembered) {
      if (remembered.size <= REMEMBERED) break;
      remembered.delete(oldest);
    }
    return false;
  }

  return function openLog() {
    let session: Extract<SessionRecord, { kind: "session" }> | undefined;
    let forked = false;
    let replayed = false;
    let context = { model: "unknown", effort: "default" };
    let lastTotal: string | undefined;
    /** Of the response whose tokens are still to be counted. */
    let items: JsonObject[] = [];

    function follow(record: SessionRecord): void {
      if (record.kind === "session") {
        // A second one comes with the copied history of another session.
        forked ||= record.forked || session !== undefined;
        session ??= record;
      } else if (record.kind === "item") {
        items.push(record.item);
      } else if (record.kind === "turn") {
        // A response that was broken off is not counted.
        if (!record.context) items = [];
        context = record.context ?? context;
        replayed = isOlder(record.id, session?.id) ?? replayed;
      } else {
        const repeated = record.total !== undefined && record.total === lastTotal;
        lastTotal = record.total;
        if (repeated) return;
        const thinking = thinkingIn(items);
        items = [];
        if (replayed) return;
        const known = record.total !== undefined && isKnown(`${record.total}/${record.last}`);
        if (known && forked) return;
        take({ time: record.time, ...context, reasoning: record.reasoning, ...(sizes && { thinking }) });
      }
    }

    const wanted = (head: string): boolean => isOfInterest(head) || (sizes && isThinkingItem(head));
    return lineFilter(wanted, (line) => {
      const record = readRecord(line);
      if (record) follow(record);
    });
  };
}

/** A turn that is older than its session was copied from another. Ids tell their time (UUID version 7). */
function isOlder(turn: string | undefined, session: string | undefined): boolean | undefined {
  const [turnTime, sessionTime] = [timeOfId(turn), timeOfId(session)];
  return turnTime !== undefined && sessionTime !== undefined ? turnTime < sessionTime : undefined;
}

function timeOfId(id: string | undefined): number | undefined {
  const [, high = "", low = ""] = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i.exec(id ?? "") ?? [];
  return high === "" ? undefined : Number.parseInt(high + low, 16);
}
