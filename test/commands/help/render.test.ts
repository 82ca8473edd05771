import { describe, expect, it } from "vitest";
import { defineCommand } from "../../../src/commands/command.js";
import { completionModel } from "../../../src/commands/completion/model.js";
import { manPage } from "../../../src/commands/help/manPage.js";
import { commands } from "../../../src/commands/index.js";
import { kebabCase } from "../../../src/commands/parsing/values.js";
import { runLine } from "../capture.js";

const ESCAPE = "\u001b";

const passing = (["all", "command"] as const).map((passes) =>
  defineCommand({
    name: passes,
    summary: "run another program",
    description: [],
    examples: [{ line: `codexcomp ${passes} ls`, does: "list" }],
    args: [{ name: "ARG", describes: "passed on", repeatable: true }],
    flags: { port: { type: "number", describes: "the port" } },
    passes,
    run: async () => 0,
  }),
);

describe("commands that pass words on to another program", () => {
  it("say which words, and where their own flags stand", async () => {
    const [all, command] = await Promise.all(
      passing.map(({ name }) => runLine(["--help", name], { commands: passing })),
    );
    expect(all?.stdout).toContain("  codexcomp [flags] all [ARG...]\n");
    expect(all?.stdout).toContain('What stands behind "all" is passed on as it is, --help too.');
    expect(command?.stdout).toContain("  codexcomp command [flags] [ARG...]\n");
    expect(command?.stdout).toContain("From -- or the first word that is no flag on");
  });

  it("say it in the manual page too", () => {
    const page = manPage(passing);
    expect(page).toContain('What stands behind "all" is passed on as it is');
    expect(page).toContain("the first word that is no flag on, everything is passed on");
  });

  it("get no flags offered that would not be theirs", () => {
    const [all, command] = completionModel(passing);
    expect(all).toMatchObject({ flags: [], values: { kind: "file" } });
    expect(command?.flags.map(({ name }) => name)).toEqual(["--port", "--help", "--version"]);
    expect(command?.values).toEqual({ kind: "file" });
  });
});

describe("help", () => {
  it.each(commands)(
    "of $name shows its examples first, then every flag and the exit codes",
    async (command) => {
      const { stdout } = await runLine(["help", command.name]);
      const sections = stdout.match(/^[A-Z][a-z ]+$/gm) ?? [];
      expect(sections[0]).toBe("Examples");
      expect(sections.at(-1)).toBe("Exit codes");
      for (const { line } of command.examples) expect(stdout).toContain(line);
      for (const key of Object.keys(command.flags)) expect(stdout).toContain(`--${kebabCase(key)}`);
    },
  );

  it("lists every command that is not hidden", async () => {
    const { stdout } = await runLine(["help"]);
    for (const { name, summary } of commands)
      expect(stdout).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 12)}`, "m"));
  });

  it("shows the most used flags of run, and where the others are", async () => {
    const { stdout } = await runLine(["--help"]);
    for (const flag of ["port", "upstream", "mode", "models", "max-continue", "log-level"])
      expect(stdout).toMatch(new RegExp(`^  --${flag} `, "m"));
    expect(stdout).not.toContain("--auto-port");
    expect(stdout).toContain("codexcomp help run");
  });

  it("suggests the nearest command", async () => {
    const { code, stderr } = await runLine(["help", "compltion"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("did you mean completion?")]);
  });

  it("is as wide as the terminal", async () => {
    const { stdout } = await runLine(["help", "run"], { columns: 60, env: { NO_COLOR: "1" } });
    const prose = stdout.split("\n").filter((line) => !/^ *(codexcomp|openai_base_url)/.test(line));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it.each([
    ["a terminal", { columns: 80 }, true],
    ["a terminal with NO_COLOR", { columns: 80, env: { NO_COLOR: "1" } }, false],
    ["a dumb terminal", { columns: 80, env: { TERM: "dumb" } }, false],
    ["a pipe", {}, false],
    ["a pipe with FORCE_COLOR", { env: { FORCE_COLOR: "1" } }, true],
  ])("on %s", async (_where, options, colour) => {
    expect((await runLine(["help"], options)).stdout.includes(ESCAPE)).toBe(colour);
  });
});
