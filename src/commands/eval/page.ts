import { bars, dataTable } from "../../charts/index.js";
import { selfContainedPage, type Section } from "../../charts/selfContainedPage.js";
import { ARMS, type Arm } from "../../evaluation/plan.js";
import { likelihood, signed } from "../../evaluation/verdict.js";
import { packageVersion } from "../../version.js";
import { count } from "../terminal/numbers.js";
import { advice, remarks, type Judged } from "./judged.js";
import { range } from "./render.js";
import type { Setup } from "./setup.js";

/** The result as one HTML file, to keep or to post. Numbers, and names of models; nothing that was said. */
export function evalPage(conditions: readonly Judged[], { plan, rehearsal }: Setup, now: Date): string {
  const tasks = [...new Set(plan.map(({ task }) => task.name))].join(", ");
  const isReal = rehearsal === undefined;
  const todo = advice(conditions);
  return selfContainedPage({
    title: isReal ? "Does folding help?" : "Does folding help? (a rehearsal)",
    subtitle: isReal
      ? "The same puzzles, asked twice through the real Codex: cut reasoning left as it is, and continued."
      : "Made with a simulated upstream: the numbers are made up, and say nothing of any model.",
    sections: [
      ...conditions.map(sectionOf),
      ...(isReal && todo.length > 0 ? [{ title: "What to do", text: todo }] : []),
      { title: "How it was done", text: method(conditions, tasks) },
    ],
    footer: `codexcomp ${packageVersion}, ${now.toISOString().slice(0, 10)}`,
  });
}

const NAMES: Readonly<Record<Arm, string>> = { observe: "observed", fold: "folded" };

function sectionOf(condition: Judged, index: number): Section {
  const { model, effort, arms, gained, lost, p, sentence } = condition;
  const title = `${model}, effort ${effort}`;
  const pairs = arms.fold.runs;
  if (pairs === 0) return { title, text: [capital(sentence)] };
  const points = signed((100 * (gained - lost)) / pairs);
  return {
    title,
    figures: [
      [`${points} points`, "more right answers, folded"],
      [likelihood(p), "exact McNemar test"],
      [String(pairs), pairs === 1 ? "pair" : "pairs"],
    ],
    text: [`${capital(sentence)}.`, ...remarks(condition)],
    charts: [
      bars({
        id: `right-${index}`,
        title: `Right answers, ${title}`,
        description: ARMS.map((arm) => `${NAMES[arm]}: ${arms[arm].right} of ${arms[arm].runs}`).join("; "),
        most: 1,
        bars: ARMS.map((arm) => {
          const { right, runs, interval } = arms[arm];
          const text = `${Math.round((100 * right) / runs)}% right`;
          return {
            label: NAMES[arm],
            value: right / runs,
            text,
            tone: arm === "fold" ? "good" : "plain",
            interval,
          };
        }),
      }),
      bars({
        id: `tokens-${index}`,
        title: `Tokens a turn, ${title}`,
        description: ARMS.map((arm) => `${NAMES[arm]}: ${count(arms[arm].tokens)}`).join("; "),
        bars: ARMS.map((arm) => ({
          label: NAMES[arm],
          value: arms[arm].tokens,
          text: `${count(arms[arm].tokens)} tokens`,
          tone: arm === "fold" ? "good" : "plain",
        })),
      }),
      dataTable({
        caption: `${title}: the numbers`,
        columns: [
          { title: "" },
          ...[
            "runs",
            "right",
            "95% interval",
            "cut rounds",
            "continuations",
            "tokens a turn",
            "seconds a turn",
          ].map((title) => ({ title, numeric: true })),
        ],
        rows: ARMS.map((arm) => {
          const { runs, right, interval, cutRounds, continuations, tokens, seconds } = arms[arm];
          return [NAMES[arm], ...[runs, right].map(String), range(interval), ...[cutRounds, continuations].map(String), count(tokens), seconds.toFixed(1)]; // oxfmt-ignore
        }),
      }),
    ],
  };
}

function method(conditions: readonly Judged[], tasks: string): string[] {
  const codex = [...new Set(conditions.flatMap((condition) => condition.codex))].join(", ");
  return [
    `Puzzles (${tasks}) are made from a seed, their answers worked out by program. Each is asked twice, in random order, with tools forbidden: once with codexcomp only observing, once folding. A reply is right when its last line gives the right answer.`,
    `Bars have 95% intervals (Wilson). p is that of McNemar's exact test of the pairs, two-sided: how often chance alone would divide them so unevenly. Under 0.05 a difference counts as seen.`,
    `Puzzles are not your work: what helps with them need not help with everything.`,
    ...(codex === "" ? [] : [`Asked through: ${codex}.`]),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
