import type { Usage } from "../../protocol/usage.js";
import { count } from "../terminal/numbers.js";
import { printable } from "../../reports/printable.js";
import type { Style } from "../terminal/style.js";
import { right, table } from "../terminal/table.js";
import { definitions, indented } from "../terminal/wrap.js";
import { verdictWord, type RoundSummary, type Summary } from "./summary.js";

/** A replayed turn for people. */
export function renderSummary(summary: Summary, width: number, style: Style): string {
  const { recording, model, effort, transport, time, client, rounds, missing } = summary;
  const about = [model, effort, transport && `over ${transport}`, time].filter(Boolean).join(", ");
  const rows: [string, string][] = [
    ["client", `${count(client.events)} events, ${client.end}, stop=${summary.stop}`],
    ["items", client.items.join(", ") || "none"],
    ["usage", client.usage ? usageText(client.usage) : "none"],
    ["billed", usageText(client.billed)],
    ...missing.map((what): [string, string] => ["missing", what]),
    ["outcome", outcome(summary, style)],
  ];
  const title = style("bold", printable(recording));
  return `${title}\n${printable(about)}\n${indented(roundTable(rounds))}\n${definitions(rows, width)}\n`;
}

function outcome({ same, operators, missing }: Summary, style: Style): string {
  if (same === null) return "what the client got was not recorded";
  if (same) return style("green", `the same as recorded${missing.length > 0 ? ", as far as that goes" : ""}`);
  const used =
    operators.length > 0 ? ` (it was recorded with operators: ${printable(operators.join(", "))})` : "";
  return `${style("red", "NOT what was recorded")}${used}`;
}

const COLUMNS = [
  right("round"),
  right("status"),
  right("events"),
  right("input"),
  right("cached"),
  right("output"),
  right("reasoning"),
  right("n"),
  { title: "held" },
  { title: "verdict" },
] as const;

function roundTable(rounds: readonly RoundSummary[]): string {
  const number = (value: number | undefined): string => (value === undefined ? "-" : count(value));
  return table(
    COLUMNS,
    rounds.map(({ round, status, events, usage, tier, held, verdict, failure, was }) => [
      String(round),
      status === undefined ? "-" : String(status),
      count(events),
      ...[usage?.input, usage?.cached, usage?.output, usage?.reasoning, tier].map(number),
      held.join(" ") || "-",
      `${verdictWord(verdict)}${failure ? ` (${failure})` : ""}${was ? `, was ${was}` : ""}`,
    ]),
  );
}

function usageText({ input, cached, output, reasoning, total }: Usage): string {
  return `input ${count(input)} (cached ${count(cached)}), output ${count(output)} (reasoning ${count(reasoning)}), total ${count(total)}`;
}
