import { chunksOf } from "./chunks.js";
import type { LineFilter } from "./lines.js";
import type { SessionFile } from "./sessionFiles.js";

/**
 * Reads a session log from beginning to end.
 *
 * @returns false where the file could not be read to its end; what came before counts
 * @throws the signal's reason, once it is aborted
 */
export async function readLog(
  file: SessionFile,
  lines: LineFilter,
  onRead: (bytes: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    for await (const chunk of chunksOf(file, onRead)) {
      signal.throwIfAborted();
      lines.push(chunk);
    }
    lines.end();
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}
