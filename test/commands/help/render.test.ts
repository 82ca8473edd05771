import { describe, expect, it } from "vitest";
import { commands } from "../../../src/commands/index.js";
import { kebabCase } from "../../../src/commands/parsing/names.js";
import { runLine } from "../capture.js";

const ESCAPE = "\u001b";

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
