import type { Invocation } from "../command.js";
import type { LogsFlags } from "./logsFlags.js";
import { showFile } from "./showFile.js";
import { showJournal } from "./showJournal.js";
import { logSource } from "./source.js";

/** @returns the exit code */
export function showLogs(invocation: Invocation<LogsFlags>): Promise<number> {
  const source = logSource(process.platform, invocation.env, invocation.flags.exec);
  return source.kind === "file" ? showFile(source.path, invocation) : showJournal(invocation);
}
