import { constants } from "node:os";
import spawn from "cross-spawn";
import type { Environment, Surroundings } from "../command.js";
import { hasTerminal } from "../run/hangup.js";
import { endWithUs } from "./endWithUs.js";

/** A command could not be started. */
export class NotStarted extends Error {
  override readonly name = "NotStarted";
  /** `ENOENT`: there is none of that name. */
  readonly code: string | undefined;

  constructor({ code, message }: NodeJS.ErrnoException) {
    super(message);
    this.code = code;
  }
}

/**
 * Runs a command with the terminal handed over. Ctrl-C is the command's: the terminal sends it to both, and we stay until
 * the command ends, whatever it makes of it. SIGTERM and SIGHUP are passed on. On Windows only consoles send signals, and
 * there is nothing to pass on: `kill` ends a process, whatever the signal.
 *
 * @returns its exit code; 128 and the signal's number where a signal ended it
 * @throws NotStarted
 */
export function runChild(
  command: string,
  args: readonly string[],
  { env, takeSignals }: { readonly env: Environment } & Pick<Surroundings, "takeSignals">,
): Promise<number> {
  // cross-spawn finds the command files that npm makes on Windows, and quotes for them.
  const child = spawn(command, args, { stdio: "inherit", env: { ...env } });
  const outlived = endWithUs(child);
  const onWindows = process.platform === "win32";
  const passOn = (signal: NodeJS.Signals): void => {
    if (onWindows || (signal === "SIGINT" && hasTerminal())) return;
    child.kill(signal);
  };
  const giveBack = takeSignals?.(passOn);
  const others = onWindows ? [] : (["SIGHUP", "SIGQUIT"] as const);
  const onHangup = (): void => passOn("SIGHUP");
  // Ctrl-\ is sent to both, too.
  const onQuit = (): void => {};
  const handlers = { SIGHUP: onHangup, SIGQUIT: onQuit };
  for (const signal of others) process.on(signal, handlers[signal]);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (error) => reject(new NotStarted(error)));
    child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  });
  return ended.finally(() => {
    outlived();
    for (const signal of others) process.off(signal, handlers[signal]);
    giveBack?.();
  });
}
