import type { Output } from "../command.js";
import { drawingOn } from "./guarded.js";

/** At most so often, in milliseconds: a terminal needs no more. */
const EVERY = 100;

/** Tells how far something is. */
export interface Progress {
  /** @param done 0 to 1 */
  at(done: number, text: string): void;
  /** Takes the bar away. */
  clear(): void;
}

/** A bar that is drawn over itself, on a terminal; nothing anywhere else. */
export function progressBar(output: Output): Progress {
  if (!output.isTTY) return { at: () => {}, clear: () => {} };
  const terminal = drawingOn(output);
  let drawn = 0;
  return {
    at(done, text) {
      const now = performance.now();
      if (drawn > 0 && now - drawn < EVERY) return;
      drawn = now;
      const room = 30;
      const full = Math.round(Math.min(1, done) * room);
      const percent = `${Math.floor(Math.min(1, done) * 100)}%`.padStart(4);
      terminal.write(`\r\u001b[K${"█".repeat(full)}${"░".repeat(room - full)}${percent} ${text}`);
    },
    clear() {
      if (drawn > 0) terminal.write("\r\u001b[K");
    },
  };
}
