import { readFile, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { UsageError, type Environment, type Output } from "../../src/commands/command.js";
import { styleFor } from "../../src/commands/terminal/style.js";
import { widthOf } from "../../src/commands/terminal/wrap.js";
import { codexHomeOf } from "../../src/commands/wire/codexHome.js";
import { calibrate } from "./calibration.js";
import { readCsv } from "./csv.js";
import { render } from "./render.js";
import { readSessions } from "./sessions.js";
import type { SizedResponse } from "./sized.js";

const HELP = `usage: npm run calibrate -- [FILE.csv | CODEX_HOME] [--codex-home DIR] [--json]

  npm run calibrate -- test/fixtures/reasoning-sizes/reasoning-sizes.csv
  npm run calibrate                        Codex' own session logs, those that "codexcomp scan" reads
  npm run calibrate -- --codex-home DIR    those of another Codex
  npm run --silent calibrate -- --json     one JSON object

Checks, per model, whether the size of encrypted reasoning tells that a response was not cut, before the model is added
to --live-models (docs/adaptive-hold.md). A CSV has the columns model,effort,items,bytes,tokens,hosted. Of session logs
only sizes and counts are read. NO_COLOR is honoured. Exit codes: 0 done, 1 failed, 2 wrong usage.
`;

/** Where it runs: the process, or a test's stand-in for it. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
}

/** Runs `npm run calibrate`. @returns the exit code */
export async function run(args: readonly string[], { stdout, stderr, env }: Surroundings): Promise<number> {
  try {
    const { file, codexHome, json, help } = readArguments(args);
    if (help) {
      stdout.write(HELP);
      return 0;
    }
    const { source, responses } = await readFrom(file, codexHomeOf(codexHome, env));
    const models = calibrate(responses);
    if (json)
      stdout.write(`${JSON.stringify({ source, responses: responses.length, models }, undefined, 2)}\n`);
    else stdout.write(render(source, models, responses, widthOf(stdout), styleFor(stdout, env)));
    return 0;
  } catch (error) {
    stderr.write(`calibrate: ${error instanceof Error ? error.message : String(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    stderr.write("See npm run calibrate -- --help\n");
    return 2;
  }
}

interface Arguments {
  readonly file: string | undefined;
  readonly codexHome: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parsed(args);
  const { "codex-home": codexHome, json = false, help = false } = values;
  if (positionals.length > 1) throw new UsageError(`one file at a time, not ${positionals.length}`);
  if (positionals.length > 0 && codexHome !== undefined)
    throw new UsageError("a file or --codex-home, not both");
  return { file: positionals[0], codexHome, json, help };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "codex-home": { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0] ?? "");
  }
}

async function readFrom(
  file: string | undefined,
  codexHome: string,
): Promise<{ source: string; responses: readonly SizedResponse[] }> {
  if (file !== undefined && !(await isFolder(file))) {
    try {
      return { source: `from ${file}`, responses: readCsv(await readFile(file, "utf8")) };
    } catch (error) {
      throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
    }
  }
  const { files, unreadable, responses } = await readSessions(file ?? codexHome);
  const left = unreadable.length > 0 ? `, ${unreadable.length} of them not to the end` : "";
  return { source: `from ${files} session logs${left}`, responses };
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === "ENOENT" ? `no such file: ${path}` : `cannot read ${path} (${error.code})`,
    );
  });
  return found.isDirectory();
}
