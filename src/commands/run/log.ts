import { roundLine, turnLine } from "../../reports/logLines.js";
import type { Report } from "../../reports/turnReport.js";
import type { Environment } from "../command.js";
import { styleFor, type Style } from "../terminal/style.js";

const LEVELS = ["error", "warn", "info", "debug"] as const;

export type Level = (typeof LEVELS)[number];

/** Where lines go: a stream, or anything that takes them. */
export interface LogOutput {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

export interface LogOptions {
  readonly level: Level;
  readonly format: "text" | "json";
  readonly output: LogOutput;
  readonly env: Environment;
  /** The name of the one that logs, in the JSON format. */
  readonly instance?: string | undefined;
}

/** Writes log lines. `fields` are for the JSON format only; the text says the same for people. */
export type Log = (level: Level, text: string, fields?: object) => void;

/** A log on a stream: one line an entry, text for people or JSON for machines. */
export function createLog({ level: threshold, format, output, env, instance }: LogOptions): Log {
  const style = styleFor(output, env);
  return (level, text, fields = {}) => {
    if (LEVELS.indexOf(level) > LEVELS.indexOf(threshold)) return;
    const line =
      format === "json"
        ? JSON.stringify({ time: new Date().toISOString(), instance, level, message: text, ...fields })
        : `${new Date().toTimeString().slice(0, 8)} ${painted(style, level, text)}`;
    output.write(`${line}\n`);
  };
}

/** One line a round and one a turn; failures stand out. */
export function logReport(log: Log, report: Report): void {
  if (report.kind === "round") {
    const { live, round } = report.report;
    if (live) log("debug", `[${report.id}] round ${round}: ${live.live ? "live" : "held"}: ${live.reason}`);
    log(report.report.failure ? "warn" : "info", roundLine(report.id, report.model, report.report), {
      ...{ event: "round", id: report.id, model: report.model },
      ...report.report,
    });
  } else if (report.kind === "turn") {
    const { time: started, ...turn } = report.report;
    log("info", turnLine(report.report), { event: "turn", started, ...turn });
  } else if (report.kind === "notice") {
    log(report.level, report.text);
  }
}

function painted(style: Style, level: Level, text: string): string {
  if (level === "error") return style("red", text);
  if (level === "warn") return style("yellow", text);
  if (level === "debug") return style("dim", text);
  return text
    .replace(/^\[[^\]]*\]/, (turn) => style("dim", turn))
    .replace(/-> continue.*?(?= \d)/, (verdict) => style("yellow", verdict))
    .replace(/-> clean/, (verdict) => style("green", verdict))
    .replace(/status=completed/, (status) => style("green", status));
}
