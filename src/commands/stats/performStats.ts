import { stateFolder } from "../../service/places.js";
import type { Invocation } from "../command.js";
import { readJournal } from "../journal/reader.js";
import { sinceWhen } from "../parsing/since.js";
import { styleFor } from "../terminal/style.js";
import { widthOf } from "../terminal/wrap.js";
import { renderStats } from "./render.js";
import type { StatsFlags } from "./statsFlags.js";
import { summarize } from "./summary.js";

/** Reads the journal, sums up, prints. @returns the exit code */
export async function performStats({ env, flags, stdout }: Invocation<StatsFlags>): Promise<number> {
  const start = sinceWhen(flags.since, Date.now());
  const since = start > -Infinity ? new Date(start) : undefined;
  const summaries = await summarize(readJournal(stateFolder(env), start));
  if (flags.json) {
    const { all, ...groups } = summaries;
    const report = { ...(since && { since: since.toISOString() }), ...all, ...groups };
    stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  } else {
    stdout.write(renderStats(summaries, since, widthOf(stdout), styleFor(stdout, env)));
  }
  return 0;
}
