import { stateFolder } from "../../service/places.js";
import { UsageError, type Invocation } from "../command.js";
import { writeHtml } from "../htmlFile.js";
import { readJournal } from "../../journal/reader.js";
import { sinceWhen } from "../parsing/since.js";
import { styleFor } from "../terminal/style.js";
import { widthOf } from "../terminal/wrap.js";
import { renderStats } from "./render.js";
import type { StatsFlags } from "./stats.js";
import { statsPage } from "./statsPage.js";
import { summarize } from "./summary.js";

/** Reads the journal, sums up, prints. @returns the exit code */
export async function performStats({ env, flags, stdout, stderr }: Invocation<StatsFlags>): Promise<number> {
  const start = sinceWhen(flags.since, Date.now());
  const since = start > -Infinity ? new Date(start) : undefined;
  let unreadable = 0;
  const summaries = await summarize(readJournal(stateFolder(env), start, () => unreadable++));
  if (flags.json && flags.html !== undefined) throw new UsageError("--json and --html exclude each other");
  if (flags.html !== undefined) {
    await writeHtml(flags.html, statsPage(summaries, since), stdout);
  } else if (flags.json) {
    const { all, ...groups } = summaries;
    const report = {
      ...(since && { since: since.toISOString() }),
      ...all,
      unreadableLines: unreadable,
      ...groups,
    };
    stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  } else {
    stdout.write(renderStats(summaries, since, widthOf(stdout), styleFor(stdout, env)));
  }
  // On stderr: the figures are what they are, but not all there is.
  if (unreadable > 0) stderr.write(`codexcomp: ${linesLost(unreadable)}\n`);
  return 0;
}

/** A disk was full, a machine lost its power, or another version wrote them. */
function linesLost(lines: number): string {
  return lines === 1
    ? "one line of the journal cannot be read; it is left out"
    : `${lines} lines of the journal cannot be read; they are left out`;
}
