import { isItemDone, isTerminal } from "../../protocol/event.js";
import { itemOf, itemType } from "../../protocol/items.js";
import { usageOf, type Usage } from "../../protocol/usage.js";
import { comparable, isWholeStream, withoutNumber } from "../../recordings/compare.js";
import type { VerdictNote } from "../../recordings/format.js";
import { plainName } from "../../reports/plainName.js";
import type { RoundReport } from "../../reports/turnReport.js";
import { unifiedDiff } from "../wire/unifiedDiff.js";
import type { Replayed } from "./watchReplay.js";

/** A replayed turn in numbers and words; no content. */
export interface Summary {
  readonly recording: string;
  readonly source: string;
  readonly time: string | undefined;
  readonly model: string;
  readonly effort: string | undefined;
  readonly transport: string | undefined;
  readonly rounds: readonly RoundSummary[];
  readonly client: {
    readonly events: number;
    /** The terminal's type, or how the stream ended without one. */
    readonly end: string;
    readonly items: readonly string[];
    readonly usage: Usage | undefined;
    readonly billed: Usage;
  };
  readonly stop: string;
  /** Whether the client got the same; `null` where that was not recorded. */
  readonly same: boolean | null;
  /** Names of operators that were in use when it was recorded. */
  readonly operators: readonly string[];
  readonly missing: readonly string[];
}

export interface RoundSummary extends Pick<RoundReport, "round" | "usage" | "tier" | "held" | "verdict"> {
  readonly status: number | undefined;
  readonly events: number;
  readonly failure: string | undefined;
  /** The verdict at recording time, where it was another one. */
  readonly was: string | undefined;
}

export function summarize({ recording, client, report, same }: Replayed): Summary {
  const { name, source, turn, missing } = recording;
  const terminal = client.events.findLast(isTerminal);
  return {
    recording: name,
    source,
    time: turn?.time,
    model: report.model,
    effort: report.effort,
    transport: turn?.transport,
    rounds: report.rounds.map((round) => roundSummary(round, recording)),
    client: {
      events: client.events.length,
      end: terminal?.type ?? (client.how === "completed" ? "no terminal" : client.how),
      items: client.events.filter(isItemDone).map((event) => plainName(itemType(itemOf(event)))),
      usage: usageOf(terminal),
      billed: report.billed,
    },
    stop: report.stop,
    same: same ?? null,
    operators: [turn?.operators?.round ?? [], turn?.operators?.response ?? []].flat(),
    missing,
  };
}

function roundSummary(report: RoundReport, { rounds }: Replayed["recording"]): RoundSummary {
  const { round, usage, tier, held, verdict, failure } = report;
  const recorded = rounds[round - 1];
  const was = recorded?.verdict && verdictWord(recorded.verdict);
  return {
    ...{ round, usage, tier, held, verdict, failure },
    status: recorded?.head?.status,
    events: recorded?.events.length ?? 0,
    was: was === verdictWord(verdict) ? undefined : was,
  };
}

/** A verdict in one word, or two. */
export function verdictWord({ action, reason }: Pick<VerdictNote, "action" | "reason">): string {
  if (action === "final") return reason;
  return reason === "fingerprint" ? "continue" : `continue (${reason})`;
}

/** How the client's events differ, one line an event; empty where they do not, or where none were recorded. */
export function diffOf({ recording, client }: Replayed): string {
  if (!recording.client) return "";
  const { before, now } = comparable(recording.client, client);
  const lines = (all: readonly string[]) => all.map((data) => `${data.replaceAll("\n", " ")}\n`).join("");
  // One event more or less gives all others behind it another number: that would hide the rest.
  const numberless = [before, now].map((all) => lines(all.map(withoutNumber))) as [string, string];
  const diff = unifiedDiff("client", ...numberless);
  const was = recording.client.end?.how;
  const end =
    was !== client.how && isWholeStream(recording.client) ? `-end: ${was}\n+end: ${client.how}\n` : "";
  return (diff || unifiedDiff("client", lines(before), lines(now))) + end;
}
