import { ARMS, type Arm } from "../../evaluation/plan.js";
import type { ArmSummary } from "../../evaluation/summary.js";
import { likelihood, signed } from "../../evaluation/verdict.js";
import { barChart } from "../terminal/bars.js";
import { count } from "../terminal/numbers.js";
import { printable } from "../../reports/printable.js";
import type { Style } from "../terminal/style.js";
import { right, table } from "../terminal/table.js";
import { indented, wrap } from "../terminal/wrap.js";
import { advice, remarks, type Judged } from "./judged.js";
import type { Setup } from "./setup.js";

/** The result as text for people. */
export function renderEval(
  conditions: readonly Judged[],
  { rehearsal }: Pick<Setup, "rehearsal">,
  width: number,
  style: Style,
): string {
  const sections = conditions.map((condition) => conditionText(condition, width, style));
  const todo = advice(conditions).map((line) => wrap(line, width - 2));
  if (rehearsal !== undefined)
    sections.push(
      wrap("This was a rehearsal: the numbers are made up, and say nothing of any model.", width),
    );
  else if (todo.length > 0) sections.push(`${style("bold", "What to do")}\n${indented(todo.join("\n"))}`);
  return `${sections.join("\n\n")}\n`;
}

function conditionText(condition: Judged, width: number, style: Style): string {
  const { model, effort, arms, gained, lost, p, sentence, verdict } = condition;
  const title = style("bold", printable(`${model}, effort ${effort}`));
  const colour = { helps: "green", hurts: "red", no_difference: "yellow", nothing_cut: "yellow" } as const;
  const said = style(colour[verdict], wrap(sentence, width - 2));
  if (arms.fold.runs === 0) return `${title}\n${indented(said)}`;
  const paired = `Of ${arms.fold.runs} pairs folding alone was right in ${gained}, observing alone in ${lost}: ${signed((100 * (gained - lost)) / arms.fold.runs)} points, ${likelihood(p)} (exact McNemar).`;
  const lines = [paired, ...remarks(condition)].map((line) => wrap(line, width - 2));
  return [
    title,
    indented(tableOf(arms)),
    "",
    barsOf(arms, width, style),
    "",
    indented(lines.join("\n")),
    indented(said),
  ].join("\n");
}

function tableOf(arms: Judged["arms"]): string {
  const columns = [
    { title: "" },
    ...["runs", "right", "95%", "cut", "continued", "tokens/turn", "s/turn"].map(right),
  ];
  return table(
    columns,
    ARMS.map((arm) => {
      const { runs, right, interval, cutRounds, continuations, tokens, seconds } = arms[arm];
      return [arm, `${runs}`, `${right}`, range(interval), `${cutRounds}`, `${continuations}`, count(tokens), seconds.toFixed(1)]; // oxfmt-ignore
    }),
  );
}

function barsOf(arms: Judged["arms"], width: number, style: Style): string {
  const bars = ARMS.map((arm) => ({
    label: arm,
    value: shareOf(arms[arm]),
    text: `${Math.round(100 * shareOf(arms[arm]))}% right`,
  }));
  const colours: Record<Arm, "yellow" | "green"> = { observe: "yellow", fold: "green" };
  // A bar of 100% that is not drawn, so that the others are a share of it.
  const whole = { label: "", value: 1, text: "100% right" };
  const drawn = barChart([...bars, whole], width, (bar, i) => style(colours[ARMS[i] ?? "fold"], bar));
  return drawn.split("\n").slice(0, -1).join("\n");
}

function shareOf({ right, runs }: ArmSummary): number {
  return runs === 0 ? 0 : right / runs;
}

/** `47-91%` */
export function range([low, high]: readonly [number, number]): string {
  return `${Math.round(100 * low)}-${Math.round(100 * high)}%`;
}
