import { stripVTControlCharacters } from "node:util";
import type { Style } from "../terminal/style.js";
import { wrap } from "../terminal/wrap.js";
import type { Seen } from "./ask.js";
import { QUESTION, RIGHT } from "./scene.js";

const LABEL = 18;

/** Draws both responses side by side, as far as they have come. */
export function draw(
  direct: Seen | undefined,
  folded: Seen | undefined,
  width: number,
  style: Style,
): string[] {
  const column = Math.floor((width - LABEL) / 2);
  const row = (label: string, left: string, right: string): string =>
    `${style("dim", label.padEnd(LABEL))}${pad(left, column)}${right}`.trimEnd();
  const rows = (label: string, cells: (seen: Seen) => string[]): string[] => {
    const left = direct ? cells(direct) : [];
    const right = folded ? cells(folded) : [];
    const height = Math.max(left.length, right.length, 1);
    return Array.from({ length: height }, (_, i) => row(i === 0 ? label : "", left[i] ?? "", right[i] ?? ""));
  };
  const extra = (folded?.billed?.total ?? 0) - (direct?.billed?.total ?? 0);

  return [
    "",
    ...wrap(`Question: ${QUESTION}`, width).split("\n"),
    "",
    row("", style("bold", "DIRECT"), style("bold", "THROUGH CODEXCOMP")),
    ...rows("thinking", ({ thoughts, rounds }) =>
      thoughts.map((pieces, i) => thought(pieces, rounds[i], style)),
    ),
    ...rows("answer", (seen) => answer(seen, column - 2, style)),
    ...rows("rounds", ({ rounds }) => (rounds.length ? [String(rounds.length)] : [])),
    ...rows("reasoning tokens", ({ usage }) => (usage ? [String(usage.reasoning)] : [])),
    ...rows("billed tokens", ({ billed }) =>
      billed ? [`${billed.total} (${billed.input} in, ${billed.output} out)`] : [],
    ),
    row("the fold cost", "", folded?.usage && direct?.usage ? `${extra} tokens more` : ""),
    "",
  ];
}

function thought(pieces: number, round: Seen["rounds"][number] | undefined, style: Style): string {
  if (!round) return "·".repeat(Math.min(pieces, 24));
  const end =
    round.tier === undefined ? style("green", "finished") : style("yellow", `cut (n=${round.tier})`);
  return `${round.reasoning} tokens, ${end}`;
}

function answer(seen: Seen, width: number, style: Style): string[] {
  if (seen.answer === "") return [];
  const lines = wrap(seen.answer, width).split("\n");
  if (!seen.usage) return lines;
  return [
    ...lines,
    seen.answer.startsWith(RIGHT) ? style("green", "✔ right") : style("red", `✘ wrong: it is ${RIGHT}`),
  ];
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stripVTControlCharacters(text).length));
}
