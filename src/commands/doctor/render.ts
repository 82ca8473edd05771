import { packageVersion } from "../../version.js";
import type { Environment, Output } from "../command.js";
import { styleFor } from "../terminal/style.js";
import { widthOf, wrap } from "../terminal/wrap.js";
import type { Finding, Status } from "./finding.js";

const MARKS = {
  ok: ["green", "✔"],
  warn: ["yellow", "!"],
  fail: ["red", "✘"],
  skipped: ["dim", "-"],
} as const satisfies Record<Status, readonly [string, string]>;

/** The checklist for people: a line for each check, and below it the command that mends it. */
export function asText(findings: readonly Finding[], output: Output, env: Environment): string {
  const style = styleFor(output, env);
  const left = Math.max(...findings.map(({ title }) => title.length)) + 4;
  const lines = findings.flatMap(({ status, title, detail, fix }) => {
    const [colour, mark] = MARKS[status];
    const text = status === "skipped" ? `not checked: ${detail}` : detail;
    const [first = "", ...more] = wrap(text, widthOf(output), left).split("\n");
    return [
      `${style(colour, mark)} ${title.padEnd(left - 2)}${first.trimStart()}`,
      ...more,
      // Not wrapped: it is there to be copied.
      ...(fix === undefined ? [] : [`${" ".repeat(left)}→ ${style("bold", fix)}`]),
    ];
  });
  return `${lines.join("\n")}\n\n${summary(findings)}\n`;
}

/** The findings for scripts. */
export function asJson(findings: readonly Finding[]): string {
  const ok = findings.every(({ status }) => status !== "fail");
  return `${JSON.stringify({ ok, version: packageVersion, checks: findings }, undefined, 2)}\n`;
}

function summary(findings: readonly Finding[]): string {
  const count = (status: Status, one: string, many: string): string[] => {
    const number = findings.filter((finding) => finding.status === status).length;
    return number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  };
  const parts = [
    ...count("fail", "problem", "problems"),
    ...count("warn", "warning", "warnings"),
    ...count("skipped", "not checked", "not checked"),
  ];
  const isFine = findings.every(({ status }) => status === "ok" || status === "skipped");
  return [...(isFine ? ["Everything that was checked is in order"] : []), ...parts].join(", ");
}
