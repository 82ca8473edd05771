import { Writable } from "node:stream";
import { dispatch } from "../../src/commands/dispatch.js";
import { commands as allCommands } from "../../src/commands/index.js";
import type { Command, Environment, Input, Output } from "../../src/commands/command.js";

/** What a command line wrote and how it ended. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stream that keeps what is written to it, and emits `written` each time; a terminal when it is given a width. */
export function memoryOutput(columns?: number): Output & { text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      this.emit("written");
      done();
    },
  });
  return Object.assign(stream, {
    ...(columns === undefined ? {} : { isTTY: true, columns }),
    text: () => Buffer.concat(chunks).toString("utf8"),
  });
}

/** Runs a command line within this process, with an environment of its own. */
export async function runLine(
  argv: readonly string[],
  options: {
    env?: Environment;
    columns?: number;
    commands?: readonly Command[];
    signal?: AbortSignal;
    stdin?: Input;
  } = {},
): Promise<Captured> {
  const { env = {}, columns, commands = allCommands, signal = new AbortController().signal, stdin } = options;
  const stdout = memoryOutput(columns);
  const stderr = memoryOutput(columns);
  const code = await dispatch(argv, commands, {
    stdout,
    stderr,
    env,
    signal,
    ...(stdin && { stdin: () => stdin }),
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
