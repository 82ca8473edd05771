import { bars, columns, dataTable } from "../../charts/index.js";
import { selfContainedPage, type Section } from "../../charts/selfContainedPage.js";
import { packageVersion } from "../../version.js";
import { count, duration, share } from "../terminal/numbers.js";
import type { Summaries, Summary } from "./summary.js";

/** Up to so many days are drawn day by day, more week by week. */
const MOST_DAYS = 31;

/** What the journal says, as one HTML file: models, efforts, counts and days. */
export function statsPage(summaries: Summaries, since: Date | undefined, now = new Date()): string {
  const { all } = summaries;
  const period = since ? `since ${since.toISOString().slice(0, 10)}` : "of all time";
  return selfContainedPage({
    title: "What codexcomp did",
    subtitle: `${count(all.turns)} turns ${period}, until ${now.toISOString().slice(0, 10)}`,
    sections: all.turns === 0 ? [{ title: "No turns in the journal" }] : sectionsOf(summaries),
    footer: `codexcomp ${packageVersion} stats`,
  });
}

function sectionsOf(summaries: Summaries): Section[] {
  const { all } = summaries;
  const { extraTokens, turnTokens, folds, foldsByOutcome, seconds, addedSeconds, live, held } = all;
  const judged = live + held;
  return [
    {
      title: "Turns",
      figures: [
        [count(all.turns), "turns"],
        [count(all.truncated), `cut (${share(all.truncated, all.turns)})`],
        [count(folds), "continued"],
        [count(foldsByOutcome["natural"] ?? 0), "thought to the end"],
        [count(extraTokens.total), `extra tokens (${share(extraTokens.total, turnTokens.total)} more)`],
        [duration(addedSeconds), `added (${share(addedSeconds, seconds - addedSeconds)} more)`],
        ...(judged > 0
          ? ([
              [share(live, judged), "answers shown live"],
              [share(held, judged), "answers held"],
            ] as const)
          : []),
      ],
      charts: [overTime(summaries)],
    },
    ...(folds > 0 ? [{ title: "How continued turns ended", charts: [endings(all)] }] : []),
    { title: "By model and effort", charts: [models(summaries)] },
  ];
}

function overTime({ days, weeks }: Summaries): string {
  const byDay = days.length <= MOST_DAYS;
  const groups = byDay
    ? days.map((group) => ({ ...group, label: group.day }))
    : weeks.map((group) => ({ ...group, label: group.week }));
  return columns({
    id: "time",
    title: `Turns by ${byDay ? "day" : "week"}`,
    description: "Green: turns that were continued.",
    yTitle: "turns",
    columns: groups.map(({ label, turns, folds }) => ({
      label,
      text: `${label}: ${count(turns)} turns, ${count(folds)} continued`,
      parts: [
        { value: turns - folds, tone: "plain" },
        { value: folds, tone: "good" },
      ],
    })),
  });
}

function endings({ folds, foldsByOutcome }: Summary): string {
  const all = Object.entries(foldsByOutcome).sort(([, a], [, b]) => b - a);
  return bars({
    id: "endings",
    title: "How continued turns ended",
    description: all.map(([ending, value]) => `${ending}: ${count(value)}`).join("; "),
    bars: all.map(([ending, value]) => ({
      label: ending === "natural" ? "thought to the end" : ending,
      value,
      text: `${count(value)} (${share(value, folds)})`,
      tone: ending === "natural" ? "good" : "muted",
    })),
  });
}

function models({ models }: Summaries): string {
  const numeric = ["turns", "cut", "continued", "to the end", "extra tokens", "time added"];
  return dataTable({
    caption: "Turns",
    columns: [{ title: "model" }, { title: "effort" }, ...numeric.map((title) => ({ title, numeric: true }))],
    rows: models.map((group) => [
      group.model,
      group.effort,
      count(group.turns),
      count(group.truncated),
      count(group.folds),
      count(group.foldsByOutcome["natural"] ?? 0),
      count(group.extraTokens.total),
      duration(group.addedSeconds),
    ]),
  });
}
