import { responseReader } from "../../codex/sessions/responses.js";
import { readLog } from "../../codex/sessions/readLog.js";
import { findSessionFiles } from "../../codex/sessions/sessionFiles.js";
import { createTally, type Tally } from "./tally.js";

export interface ScanLogsOptions {
  readonly codexHome: string;
  /** Milliseconds since 1970; what is older is left out. */
  readonly since: number;
  /** When Codex was pointed here, ISO 8601, where that is known. */
  readonly wiredAt?: string | undefined;
  /** Told how many bytes of how many have been read, of how many files. */
  readonly onProgress: (done: number, total: number, files: number) => void;
  readonly signal: AbortSignal;
}

/** What was read, and what was counted in it. */
export interface ScannedLogs {
  readonly tally: Tally;
  readonly files: number;
  readonly bytes: number;
  /** Logs that could not be read to their end. */
  readonly unreadable: readonly string[];
}

/**
 * Reads and counts Codex' session logs.
 *
 * @throws Error where there is no folder of sessions at all; the signal's reason once it is aborted
 */
export async function scanLogs(options: ScanLogsOptions): Promise<ScannedLogs> {
  const { codexHome, since, wiredAt, onProgress, signal } = options;
  const files = await findSessionFiles(codexHome, since);
  const tally = createTally(wiredAt === undefined ? undefined : Date.parse(wiredAt));
  const openLog = responseReader((response) => {
    if (response.time >= since) tally.add(response);
  });
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const unreadable: string[] = [];
  let done = 0;
  const onRead = (read: number): void => onProgress((done += read), total, files.length);
  for (const file of files) if (!(await readLog(file, openLog(), onRead, signal))) unreadable.push(file.path);
  return { tally, files: files.length, bytes: total, unreadable };
}
