import { barChart } from "../terminal/bars.js";
import { bytes, count, share } from "../terminal/numbers.js";
import type { Style } from "../terminal/style.js";
import { right, table } from "../terminal/table.js";
import { indented, wrap } from "../terminal/wrap.js";
import { PERHAPS, type Finding, type ScanReport } from "./report.js";

/** The report as text for people. */
export function renderScan(report: ScanReport, width: number, style: Style): string {
  const { files, responses, unreadable, withReasoning, weeks } = report;
  const period = report.since ? `since ${report.since.slice(0, 10)}` : "of all time";
  const read = `${count(files)} session logs (${bytes(report.bytes)}) ${period}: ${count(responses)} responses, ${count(withReasoning)} with reasoning.`;
  const sections = [wrap(read, width)];
  if (withReasoning > 0) {
    sections.push(`${style("bold", "By model and effort")}\n${models(report)}`);
    sections.push(
      `${style("bold", "Reasoning tokens around the first tiers")}\n${histogram(report, width, style)}`,
    );
    if (weeks.length > 1)
      sections.push(`${style("bold", "Cut responses by week")}\n${trend(report, width, style)}`);
    sections.push(conclusion(report, width, style));
    sections.push(`${style("bold", "What to do")}\n${advice(report, width, style)}`);
  }
  if (unreadable.length > 0)
    sections.push(`Not read to the end:\n${unreadable.map((path) => `  ${path}`).join("\n")}`);
  return `${sections.join("\n\n")}\n`;
}

function models({ models }: ScanReport): string {
  const columns = [
    { title: "model" },
    { title: "effort" },
    right("with reasoning"),
    right("at 518n-2"),
    right("share"),
    right("by chance"),
  ] as const;
  return indented(table(columns, modelRows(models)));
}

/** A row for each model and effort that reasoned: how many responses, how many on a tier, and how many by chance. */
export function modelRows(models: ScanReport["models"]): string[][] {
  return models
    .filter(({ withReasoning }) => withReasoning > 0)
    .map((group) => [
      group.model,
      group.effort,
      count(group.withReasoning),
      count(group.fingerprinted),
      share(group.fingerprinted, group.withReasoning),
      group.expectedByChance.toFixed(1),
    ]);
}

function histogram({ histogram }: ScanReport, width: number, style: Style): string {
  const isTier = histogram.map(({ from, to }) => from === to);
  const bars = histogram.map(({ from, to, count: value }) => ({
    label: from === to ? `${from}` : `${from}-${to}`,
    value,
    text: count(value),
  }));
  const lines = barChart(bars, width, (bar, index) => (isTier[index] ? style("red", bar) : bar)).split("\n");
  // An empty line between the tiers.
  return lines.map((line, index) => (index > 0 && index % 5 === 0 ? `\n${line}` : line)).join("\n");
}

function trend({ weeks }: ScanReport, width: number, style: Style): string {
  const bars = weeks.map(({ week, fingerprinted, withReasoning }) => ({
    label: week,
    value: withReasoning === 0 ? 0 : fingerprinted / withReasoning,
    text: `${share(fingerprinted, withReasoning)} (${count(fingerprinted)} of ${count(withReasoning)})`,
  }));
  return barChart(bars, width, (bar) => style("yellow", bar));
}

function conclusion({ wiring, ...all }: ScanReport, width: number, style: Style): string {
  const paragraph = (text: string, good: boolean) => style(good ? "green" : "red", wrap(text, width));
  if (!wiring) return paragraph(capital(verdict(all)), !all.affected);
  const { before, since, wiredAt } = wiring;
  const day = wiredAt.slice(0, 10);
  const parts = [
    paragraph(`Before Codex was wired to codexcomp (${day}): ${verdict(before)}`, !before.affected),
  ];
  const after =
    since.withReasoning === 0
      ? "Since then: no responses with reasoning."
      : `Since then: ${verdict(since)}${since.affected ? ' Is Codex restarted? See "codexcomp wire --check".' : ""}`;
  return [...parts, paragraph(after, !since.affected)].join("\n");
}

function advice({ advice }: ScanReport, width: number, style: Style): string {
  return advice
    .filter(({ withReasoning }) => withReasoning > 0)
    .map((group) => {
      const { model, affected, fingerprinted, withReasoning, expectedByChance, advice } = group;
      const state = affected ? "cut more often than by chance" : "not cut more often than chance can explain";
      const numbers = `${count(fingerprinted)} of ${count(withReasoning)}, by chance ${expectedByChance.toFixed(1)}`;
      return indented(wrap(`${style(affected ? "red" : "green", model)}: ${state} (${numbers}); ${advice}`, width - 2)); // oxfmt-ignore
    })
    .join("\n");
}

/** In words: whether there is more than chance. */
export function verdict(finding: Finding): string {
  const { affected, expectedByChance, fingerprinted, likelihoodOfChance, withReasoning } = finding;
  const found =
    `${count(fingerprinted)} of ${count(withReasoning)} responses (${share(fingerprinted, withReasoning)}) end at ` +
    `exactly 518n-2 reasoning tokens; chance would give ${expectedByChance.toFixed(1)}.`;
  if (!affected) return likelihoodOfChance < PERHAPS ? `too few to tell. ${found}` : `not affected. ${found}`;
  // Of a chance of nearly nothing anything is a great multiple.
  const times =
    expectedByChance >= 0.5 ? ` That is ${Math.round(fingerprinted / expectedByChance)} times as many.` : "";
  return `affected. ${found}${times}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
