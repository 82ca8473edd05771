import { execFile } from "node:child_process";
import type { Variables } from "./places.js";

/** How a tool of the system ended. */
export interface Outcome {
  /** `undefined` where there is no such tool, or where it took too long. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const PATIENCE_MS = 20_000;

/** Runs a tool found on `PATH`. Never throws: a tool that fails is an answer. */
export function runTool(name: string, args: readonly string[], env: Variables): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      name,
      args,
      // Its words are shown and looked into, so they should be the same for everybody.
      { env: { ...env, LC_ALL: "C" }, timeout: PATIENCE_MS, windowsHide: true },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === "number" ? error.code : undefined) : 0;
        resolve({ code, stdout, stderr: stderr.trim() });
      },
    );
  });
}
