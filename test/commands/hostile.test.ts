import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineCommand } from "../../src/commands/command.js";
import { commands } from "../../src/commands/index.js";
import { journalEntry } from "../../src/journal/entry.js";
import { stateFolder } from "../../src/service/places.js";
import { runLine } from "./capture.js";
import { turnReport } from "../journal/reports.js";
import { session, tokens, turn } from "./scan/logs.js";
import { scratchHome } from "./scratchHome.js";

/** Sets a title, clears the screen, breaks the line twice, turns text around, hides it, and begins an OSC 52. */
const EVIL =
  "9\u001b]0;owned\u0007\u001b[2J\r\nFORGED\nFORGED\u202e\u009b31m\u001b[8m\u001b]52;c;cm0gLXJm\u0007";
/** What a terminal obeys, beyond colours of ours: the tests run without. */
const STEERING = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u;

const answers: readonly (readonly [string, unknown])[] = [
  ["escape sequences and line breaks", { version: EVIL, upstream: EVIL, uptime: EVIL, counters: EVIL }],
  [
    "huge values",
    {
      version: "9".repeat(50_000),
      upstream: "x".repeat(10_000),
      uptime: 1e300,
      counters: { turns: 1e300, folds: -1e300 },
    },
  ],
  [
    "wrong types",
    {
      version: "1",
      upstream: "auto",
      uptime: { [EVIL]: EVIL },
      counters: { turns: [EVIL], folds: null, open: EVIL, failed: { toString: EVIL } },
      models: 7,
    },
  ],
  ["no texts", { version: [EVIL], upstream: { EVIL }, uptime: null }],
];

/** A home that is wired to a server which says such things at `/healthz`; logs, journal and profiles say them too. */
async function hostileHome(answer: unknown) {
  const text = JSON.stringify({ ok: true, ...(answer as object) });
  const server = createServer((_request, response) => response.end(text)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const port = String((server.address() as AddressInfo).port);
  const home = await scratchHome();
  await home.write(
    ".codex/config.toml",
    `openai_base_url = "http://127.0.0.1:${port}/v1"\n[profiles.${JSON.stringify(EVIL.replace("\u009b", ""))}]\nmodel_provider = "x"\n`,
  );
  await home.write(".codex/auth.json", JSON.stringify({ auth_mode: EVIL }));
  const log = [session("a"), turn("b", EVIL, EVIL), tokens(516, 516, new Date().toISOString())];
  await home.write(".codex/sessions/rollout.jsonl", log.join("\n"));
  const entry = journalEntry(
    turnReport([516, 100], { model: EVIL, effort: EVIL, outcome: EVIL as "completed" }),
  );
  const line = JSON.stringify({ ...entry, time: new Date().toISOString(), stopped: EVIL });
  await home.write(join(stateFolder(home.env), "journal.jsonl").slice(home.path.length + 1), `${line}\n`);
  await home.write("turn.sse", `event: ${EVIL}\ndata: {"type":${JSON.stringify(EVIL)}}\n\n`);
  return { ...home, port };
}

/** What commands are asked that look at what others say. */
const LINES = [
  "run --port PORT",
  "wire --force --port PORT",
  "wire --check",
  "unwire --port PORT --dry-run",
  "install-service --print --platform linux",
  "doctor --upstream http://127.0.0.1:PORT",
  "status --port PORT",
  "status --port PORT --json",
  "scan --since all",
  "scan --since all --csv",
  "stats --since all",
  "replay RECORDING --events --diff",
];

async function expectCalm(line: string, answer: unknown): Promise<void> {
  const { env, path, port } = await hostileHome(answer);
  const words: Record<string, string> = { PORT: port, RECORDING: join(path, "turn.sse"), EVIL };
  const argv = line.split(" ").map((word) => word.replace(/[A-Z]+$/, (name) => words[name] ?? name));
  const { stdout, stderr } = await runLine(argv, { env: { ...env, PATH: "/nonexistent" } });
  const said = stdout + stderr;
  expect(said).not.toBe("");
  expect(said).not.toMatch(STEERING);
  expect(said).not.toMatch(/^FORGED/m);
  if (!line.includes("--events")) expect(said.length).toBeLessThan(8000);
}

describe.each(answers)("the terminal stays as it is beside a neighbour that says %s", (_what, answer) => {
  it.each(LINES)("codexcomp %s", (line) => expectCalm(line, answer));
});

describe("the terminal stays as it is with a word that is not to be known", () => {
  const [[, answer]] = answers as [(typeof answers)[number]];
  it.each(commands.map(({ name }) => `${name} EVIL`))("codexcomp %s", (line) => expectCalm(line, answer));
});

describe("what a command writes", () => {
  const write = async (text: string | Uint8Array) => {
    const command = defineCommand({
      name: "run",
      summary: "s",
      description: [],
      examples: [],
      flags: {},
      run: async ({ stdout, stderr }) => {
        stdout.write(text as string);
        stderr.write(text as string);
        return 0;
      },
    });
    const { stdout, stderr } = await runLine([], { commands: [command] });
    expect(stderr).toBe(stdout);
    return stdout;
  };

  it.each([
    ["colours", "\u001b[1;31mred\u001b[39;22m"],
    ["line breaks, tabs and other scripts", "a\tb\r\nc\n大丈夫 👩‍💻"],
  ])("keeps its %s", async (_what, text) => expect(await write(text)).toBe(text));

  it.each([
    ["a title", "\u001b]0;x\u0007", "?]0;x?"],
    ["cursor movements", "a\u001b[2A\u001b[Kb\rc", "a?[2A?[Kb?c"],
    ["C1 controls", "\u009b2J", "?2J"],
    ["text turned around", "\u202eabc\u2069", "?abc?"],
  ])("loses %s", async (_what, text, shown) => {
    expect(await write(text)).toBe(shown);
    expect(await write(Buffer.from(text))).toBe(shown);
  });
});
