import { writeFile } from "node:fs/promises";
import type { Flag, Output } from "./command.js";
import { UsageError } from "./command.js";

/** The flag of commands that can draw what they found. */
export const htmlFlag = {
  html: {
    type: "string",
    value: "FILE",
    completes: "file",
    describes: "write charts into this file, to keep or to post",
  },
} as const satisfies Record<string, Flag>;

/**
 * Writes a page of charts.
 *
 * @throws UsageError for a file that cannot be written
 */
export async function writeHtml(file: string, html: string, stdout: Output): Promise<void> {
  try {
    await writeFile(file, html);
  } catch (error) {
    throw new UsageError(`--html ${file} cannot be written: ${(error as Error).message}`);
  }
  stdout.write(`charts: ${file}\n`);
}
