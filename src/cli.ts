#!/usr/bin/env node
import { keepCompiled } from "./compileCache.js";

keepCompiled(process.env);
const { commands, dispatch, stopSignals } = await import("./commands/program.js");

const signals = stopSignals();

// meow gives the process a title; so `ps` and `pgrep -f` still find the whole line.
process.title = ["codexcomp", ...process.argv.slice(2)].join(" ");

// A reader that has seen enough (`codexcomp scan --csv | head`) is no error; with nobody to read the log, go on.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.stderr.on("error", () => {});

const code = await dispatch(process.argv.slice(2), commands, {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => process.stdin,
  env: process.env,
  ...signals,
});

// Whatever a command left open must not keep the process alive; what it wrote to a pipe must still arrive.
await new Promise((written) => process.stdout.write("", written));
await new Promise((written) => process.stderr.write("", written));
process.exit(code);
