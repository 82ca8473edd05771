import { join } from "node:path";
import { readWholeFile } from "../../files/regularFile.js";
import { stateFolder } from "../../service/places.js";
import { UsageError, type Environment, type Invocation } from "../command.js";
import { writeHtml } from "../htmlFile.js";
import { sinceWhen } from "../parsing/since.js";
import { bytes, count } from "../terminal/numbers.js";
import { progressBar } from "../terminal/progress.js";
import { styleFor } from "../terminal/style.js";
import { widthOf } from "../terminal/wrap.js";
import { codexHomeOf } from "../wire/codexHome.js";
import { csvOf } from "./csv.js";
import { renderScan } from "./render.js";
import { reportOf } from "./report.js";
import type { ScanFlags } from "./scan.js";
import { scanLogs } from "./scanLogs.js";
import { scanPage } from "./scanPage.js";

/** Reads, counts, prints. @returns the exit code */
export async function performScan(invocation: Invocation<ScanFlags>): Promise<number> {
  const { env, flags, signal, stderr, stdout } = invocation;
  if ([flags.json, flags.csv, flags.html !== undefined].filter(Boolean).length > 1)
    throw new UsageError("--json, --csv and --html exclude each other");
  const now = Date.now();
  const since = sinceWhen(flags.since, now);
  const codexHome = codexHomeOf(flags.codexHome, env);
  const wiredAt = await readWiredAt(env);
  const progress = progressBar(stderr);
  const scanned = scanLogs({
    ...{ codexHome, since, wiredAt, signal },
    onProgress: (done, total, files) =>
      progress.at(done / total, `${bytes(done)} of ${bytes(total)}, ${count(files)} session logs`),
  }).finally(() => progress.clear());
  const { tally, ...read } = await scanned;

  const report = reportOf(
    tally,
    {
      codexHome,
      ...(since > -Infinity && { since: new Date(since).toISOString() }),
      until: new Date(now).toISOString(),
      ...read,
    },
    wiredAt,
  );
  if (flags.html !== undefined) await writeHtml(flags.html, scanPage(report, tally), stdout);
  else if (flags.json) stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
  else if (flags.csv) stdout.write(csvOf(tally.cells));
  else stdout.write(renderScan(report, widthOf(stdout), styleFor(stdout, env)));
  return 0;
}

/** When `codexcomp wire` pointed Codex here, ISO 8601; `undefined` where it did not, or nobody knows. */
async function readWiredAt(env: Environment): Promise<string | undefined> {
  try {
    const text = (await readWholeFile(join(stateFolder(env), "wired.json"))).toString();
    const { wiredAt } = JSON.parse(text) as { wiredAt?: unknown };
    return typeof wiredAt === "string" && !Number.isNaN(Date.parse(wiredAt)) ? wiredAt : undefined;
  } catch {
    return undefined;
  }
}
