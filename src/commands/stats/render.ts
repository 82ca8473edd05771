import { barChart } from "../terminal/bars.js";
import { count, duration, share } from "../terminal/numbers.js";
import { printable } from "../../reports/printable.js";
import type { Style } from "../terminal/style.js";
import { right, table } from "../terminal/table.js";
import { definitions, indented, wrap } from "../terminal/wrap.js";
import type { Summaries, Summary } from "./summary.js";

/** Up to so many days are drawn day by day, more week by week. */
const MOST_DAYS = 14;

/** The summaries as text for people. */
export function renderStats(
  summaries: Summaries,
  since: Date | undefined,
  width: number,
  style: Style,
): string {
  const { all } = summaries;
  const period = since ? `since ${since.toISOString().slice(0, 10)}` : "of all time";
  if (all.turns === 0) {
    return `${wrap(`No turns in the journal ${period}. "codexcomp run" writes it, unless --no-journal is given.`, width)}\n`;
  }
  const title = (text: string) => style("bold", text);
  const sections = [
    `${title(`Turns ${period}`)}\n${definitions(figures(all), width)}`,
    `${title("By model and effort")}\n${models(summaries)}`,
    chart(summaries, width, style),
  ];
  return `${sections.join("\n\n")}\n`;
}

function figures(all: Summary): (readonly [string, string])[] {
  const { addedSeconds, extraTokens, folds, foldsByOutcome, observed, seconds, truncated, turns, turnTokens } = all; // oxfmt-ignore
  const cured = foldsByOutcome["natural"] ?? 0;
  const others = Object.entries(foldsByOutcome).filter(([outcome]) => outcome !== "natural");
  const endings = [
    `${count(cured)} thought to the end`,
    ...others.map(([outcome, n]) => `${count(n)} ${printable(outcome)}`),
  ];
  const cost =
    `${count(extraTokens.total)} on ${count(turnTokens.total)} of the turns (${share(extraTokens.total, turnTokens.total)} more): ` +
    `input ${count(extraTokens.input)}, of it cached ${count(extraTokens.cached)}; output ${count(extraTokens.output)}, of it reasoning ${count(extraTokens.reasoning)}`;
  return [
    ["turns", count(turns)],
    [
      "cut",
      `${count(truncated)} (${share(truncated, turns)})${observed > 0 ? `, of them ${count(observed)} only observed: not folded, not paid for` : ""}`,
    ],
    ["continued", folds === 0 ? "0" : `${count(folds)}: ${endings.join(", ")}`],
    ["extra tokens", folds === 0 ? "0" : cost],
    [
      "time added",
      folds === 0
        ? "none"
        : `${duration(addedSeconds)} on ${duration(seconds - addedSeconds)}, ${duration(addedSeconds / folds)} for each continued turn`,
    ],
  ];
}

function models({ models }: Summaries): string {
  const columns = [
    { title: "model" },
    { title: "effort" },
    right("turns"),
    right("cut"),
    right("observed"),
    right("continued"),
    right("to the end"),
    right("extra tokens"),
    right("time added"),
  ] as const;
  const rows = models.map((group) => [
    group.model,
    group.effort,
    count(group.turns),
    count(group.truncated),
    count(group.observed),
    count(group.folds),
    count(group.foldsByOutcome["natural"] ?? 0),
    `${count(group.extraTokens.total)} (${share(group.extraTokens.total, group.turnTokens.total)})`,
    duration(group.addedSeconds),
  ]);
  return indented(table(columns, rows));
}

function chart({ days, weeks }: Summaries, width: number, style: Style): string {
  const byDay = days.length <= MOST_DAYS;
  const groups = byDay
    ? days.map((group) => ({ ...group, label: group.day }))
    : weeks.map((group) => ({ ...group, label: group.week }));
  const bars = groups.map(({ folds, label, turns }) => ({
    label,
    value: folds,
    text: `${count(folds)} of ${count(turns)}`,
  }));
  const title = style("bold", `Continued turns by ${byDay ? "day" : "week"}`);
  return `${title}\n${barChart(bars, width, (bar) => style("green", bar))}`;
}
