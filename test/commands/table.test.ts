import { describe, expect, it } from "vitest";
import { commands } from "../../src/commands/index.js";
import { kebabCase } from "../../src/commands/parsing/values.js";
import { parseCommandLine } from "../../src/commands/parsing/parse.js";

const allFlags = commands.flatMap((command) =>
  Object.entries(command.flags).map(([key, flag]) => ({ command: command.name, key, flag })),
);

describe("the table of commands", () => {
  it("has every name once", () => {
    expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length);
  });

  // Flags are recognised before the command is, and completions offer values by the flag's name.
  it.each(allFlags)("$command --$key is the same kind of flag as elsewhere", ({ key, flag }) => {
    for (const other of allFlags.filter((candidate) => candidate.key === key)) {
      const { type, short, choices, completes } = other.flag;
      expect({ type, short, choices, completes }).toEqual({
        type: flag.type,
        short: flag.short,
        choices: flag.choices,
        completes: flag.completes,
      });
    }
    if (flag.short !== undefined) {
      const sameLetter = allFlags.filter((candidate) => candidate.flag.short === flag.short);
      expect(new Set(sameLetter.map((candidate) => candidate.key))).toEqual(new Set([key]));
    }
  });

  it.each(allFlags)("$command --$key has a name that stands for itself", ({ key, flag }) => {
    expect(kebabCase(key)).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(["help", "version"]).not.toContain(key);
    expect(["h", "V"]).not.toContain(flag.short);
  });

  it.each(allFlags)("$command --$key accepts its own default", ({ flag }) => {
    if (flag.default === undefined) return;
    expect(typeof flag.default).toBe(flag.type);
    if (flag.choices) expect(flag.choices).toContain(flag.default);
    if (flag.allowed) expect(flag.allowed.accepts(flag.default)).toBe(true);
  });

  it.each(commands.flatMap(({ examples }) => examples))(
    "understands its example: $line",
    async ({ line }) => {
      const words = /codexcomp[^|>")]*/.exec(line)?.[0].trim().split(/\s+/).slice(1) ?? [];
      await expect(parseCommandLine(words, commands, {})).resolves.toBeDefined();
    },
  );

  it.each(commands)("has an example for $name, and a phrase for a summary", ({ examples, summary }) => {
    expect(examples.length).toBeGreaterThan(0);
    expect(summary).toMatch(/^[a-z].*[^.]$/);
  });
});
