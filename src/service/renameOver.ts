import { rename } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** What Windows says where another program has the file open: a virus scanner, an editor, Codex. */
const IN_USE = new Set(["EPERM", "EACCES", "EBUSY"]);

/** With pauses of 20 ms, 40 ms, ...: for something less than a second. */
const ATTEMPTS = 9;

/**
 * Renames a file, over another where there is one. On Windows it waits for a moment where the other is in use.
 *
 * @throws the system's error
 */
export async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to);
    } catch (error) {
      const mayPass =
        process.platform === "win32" && IN_USE.has(String((error as NodeJS.ErrnoException).code));
      if (!mayPass || attempt === ATTEMPTS) throw error;
      await delay(20 * attempt);
    }
  }
}
