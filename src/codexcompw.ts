#!/usr/bin/env node
/**
 * codexcomp without a console, for Windows: does what `codexcomp` does and writes to a log file what that would write to
 * the terminal. Touches neither stdout nor stderr: without a console, they may not be there.
 */
import { keepCompiled } from "./compileCache.js";
import { logFile } from "./service/places.js";
import { rotatingLog } from "./service/rotatingLog.js";

keepCompiled(process.env);
const { commands, dispatch, stopSignals } = await import("./commands/program.js");

const log = rotatingLog(logFile(process.env));

// Closing a console sends SIGHUP to everything that was started from it; this is to outlive it.
process.on("SIGHUP", () => undefined);
const signals = stopSignals();

// Only noted: whether the process survives is not decided here.
process.on("uncaughtExceptionMonitor", (error) => {
  log.write(`codexcompw: ${error.stack ?? String(error)}\n`);
});

log.write(`codexcompw: started, process ${process.pid}\n`);
const code = await dispatch(process.argv.slice(2), commands, {
  stdout: log,
  stderr: log,
  env: process.env,
  ...signals,
});
log.write(`codexcompw: ended with ${code}\n`, () => process.exit(code));
