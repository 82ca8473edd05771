import { readLog } from "../../src/codex/sessions/readLog.js";
import { responseReader } from "../../src/codex/sessions/responses.js";
import { findSessionFiles } from "../../src/codex/sessions/sessionFiles.js";
import type { SizedResponse } from "./sized.js";

/** What was read of Codex' own session logs: sizes and counts, no text. */
export interface SessionSizes {
  readonly files: number;
  /** Logs that could not be read to their end. */
  readonly unreadable: readonly string[];
  readonly responses: readonly SizedResponse[];
}

/**
 * Reads the logs that `codexcomp scan` reads, each response once. Of reasoning items only the size is taken.
 *
 * @throws Error where there is no folder of sessions, or where no response in it brought reasoning
 */
export async function readSessions(codexHome: string): Promise<SessionSizes> {
  const files = await findSessionFiles(codexHome, -Infinity);
  const responses: SizedResponse[] = [];
  const openLog = responseReader(
    ({ model, thinking, reasoning }) => {
      if (thinking && thinking.items > 0) responses.push({ model, thinking, tokens: reasoning });
    },
    { sizes: true },
  );
  const unreadable: string[] = [];
  const never = new AbortController().signal;
  for (const file of files) {
    if (!(await readLog(file, openLog(), () => {}, never))) unreadable.push(file.path);
  }
  if (responses.length === 0) throw new Error(`no encrypted reasoning in ${files.length} session logs`);
  return { files: files.length, unreadable, responses };
}
