import { bars, dataTable, histogram } from "../../charts/index.js";
import { selfContainedPage, type Section } from "../../charts/selfContainedPage.js";
import { tokensOfTier } from "../../protocol/fingerprint.js";
import { packageVersion } from "../../version.js";
import { count, share } from "../terminal/numbers.js";
import { modelRows, verdict } from "./render.js";
import type { ScanReport } from "./report.js";
import type { Tally } from "./tally.js";

/**
 * What a scan found, as one HTML file. Nothing personal is in it: models, efforts, counts and weeks, and no path.
 *
 * @param histogramOf how many responses had exactly so many reasoning tokens
 */
export function scanPage(report: ScanReport, { histogram: histogramOf, tiers }: Tally): string {
  const { responses, withReasoning, fingerprinted, expectedByChance } = report;
  const since = report.since ? `since ${report.since.slice(0, 10)}` : "of all time";
  const highest = Math.max(3, ...tiers.keys());
  const counts = [...histogramOf.entries()].filter(([tokens, many]) => tokens > 0 && many > 0);
  const said = verdict(report);
  const sections: Section[] = [
    {
      title: "Where reasoning ends",
      figures: [
        [count(withReasoning), "responses with reasoning"],
        [count(fingerprinted), "end at exactly 518n−2"],
        [share(fingerprinted, withReasoning), "of them"],
        [expectedByChance.toFixed(1), "would by chance"],
      ],
      text: [`${said.charAt(0).toUpperCase()}${said.slice(1)}`],
      charts: [
        histogram({
          id: "histogram",
          title: "Reasoning tokens per response",
          description: said,
          counts,
          marked: Array.from({ length: highest }, (_, index) => tokensOfTier(index + 1)),
          xTitle: "reasoning tokens of a response",
          yTitle: "responses",
        }),
      ],
    },
    { title: "By model and effort", charts: [models(report)] },
    ...(report.weeks.length > 1 ? [{ title: "Cut responses by week", charts: [weeks(report)] }] : []),
  ];
  return selfContainedPage({
    title: "Codex: where the reasoning of responses ends",
    subtitle: `${count(responses)} responses ${since}, until ${report.until.slice(0, 10)}`,
    sections: withReasoning === 0 ? [{ title: "No responses with reasoning", text: [] }] : sections,
    footer: `codexcomp ${packageVersion} scan`,
  });
}

function models({ models }: ScanReport): string {
  return dataTable({
    caption: "Responses with reasoning",
    columns: [
      { title: "model" },
      { title: "effort" },
      ...["with reasoning", "at 518n−2", "share", "by chance"].map((title) => ({ title, numeric: true })),
    ],
    rows: modelRows(models),
  });
}

function weeks({ weeks }: ScanReport): string {
  return bars({
    id: "weeks",
    title: "Cut responses by week",
    description: "The share of responses with reasoning that end on a tier, week by week.",
    number: (value) => share(value, 1),
    bars: weeks.map(({ week, fingerprinted, withReasoning }) => ({
      label: week,
      value: withReasoning === 0 ? 0 : fingerprinted / withReasoning,
      text: `${share(fingerprinted, withReasoning)} (${count(fingerprinted)} of ${count(withReasoning)})`,
      tone: "bad",
    })),
  });
}
