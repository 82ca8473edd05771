import { closeSync, openSync } from "node:fs";

/** What the process does at SIGHUP. */
export interface Hangups {
  /** Resolves when SIGHUP says that the terminal is gone, as it does to every program that runs in it. */
  readonly terminalGone: Promise<void>;
  /** Ends it. */
  ignore(): void;
}

/**
 * Lets SIGHUP do what it does to a service; a terminal that is closed still stops what runs in it. Windows has it for
 * closed consoles only, and ends the process by itself.
 */
export function whenHungUp(act: () => void): Hangups {
  if (process.platform === "win32") return { terminalGone: new Promise(() => {}), ignore: () => {} };
  const inTerminal = process.stdin.isTTY;
  let gone = (): void => {};
  const terminalGone = new Promise<void>((resolve) => (gone = resolve));
  const onHangup = (): void => (inTerminal && !hasTerminal() ? gone() : act());
  process.on("SIGHUP", onHangup);
  return { terminalGone, ignore: () => process.off("SIGHUP", onHangup) };
}

/** Whether there is a terminal that controls the process. One whose terminal was closed has none any more. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
