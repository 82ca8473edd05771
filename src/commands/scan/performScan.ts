import { join } from "node:path";
import { readWholeFile } from "../../files/regularFile.js";
import { stateFolder } from "../../service/places.js";
import { UsageError, type Environment, type Invocation } from "../command.js";
import { sinceWhen } from "../parsing/since.js";
import { bytes, count } from "../terminal/numbers.js";
import { progressBar } from "../terminal/progress.js";
import { styleFor } from "../terminal/style.js";
import { widthOf } from "../terminal/wrap.js";
import { codexHomeOf } from "../wire/codexHome.js";
import { csvOf } from "./csv.js";
import { readLog } from "./readLog.js";
import { renderScan } from "./render.js";
import { reportOf } from "./report.js";
import { responseReader } from "./responses.js";
import type { ScanFlags } from "./scan.js";
import { findSessionFiles } from "./sessionFiles.js";
import { createTally } from "./tally.js";

/** Reads, counts, prints. @returns the exit code */
export async function performScan(invocation: Invocation<ScanFlags>): Promise<number> {
  const { env, flags, signal, stderr, stdout } = invocation;
  if (flags.json && flags.csv) throw new UsageError("--json and --csv exclude each other");
  const now = Date.now();
  const since = sinceWhen(flags.since, now);
  const codexHome = codexHomeOf(flags.codexHome, env);
  const wiredAt = await readWiredAt(env);
  const files = await findSessionFiles(codexHome, since);

  const tally = createTally(wiredAt === undefined ? undefined : Date.parse(wiredAt));
  const openLog = responseReader((response) => {
    if (response.time >= since) tally.add(response);
  });
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const progress = progressBar(stderr);
  const unreadable: string[] = [];
  let done = 0;
  const onRead = (read: number) => {
    done += read;
    progress.at(done / total, `${bytes(done)} of ${bytes(total)}, ${count(files.length)} session logs`);
  };
  try {
    for (const file of files)
      if (!(await readLog(file, openLog(), onRead, signal))) unreadable.push(file.path);
  } finally {
    progress.clear();
  }

  const report = reportOf(
    tally,
    {
      codexHome,
      ...(since > -Infinity && { since: new Date(since).toISOString() }),
      until: new Date(now).toISOString(),
      files: files.length,
      bytes: total,
      unreadable,
    },
    wiredAt,
  );
  if (flags.json) stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
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
