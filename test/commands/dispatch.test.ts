import { describe, expect, it } from "vitest";
import { defineCommand, UsageError } from "../../src/commands/command.js";
import { runLine } from "./capture.js";

function failing(error: unknown) {
  return defineCommand({
    name: "run",
    summary: "s",
    description: [],
    examples: [],
    flags: {},
    run: async () => {
      throw error;
    },
  });
}

describe("dispatch", () => {
  it("prints the version on stdout", async () => {
    expect(await runLine(["--version"])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
      stderr: "",
    });
  });

  it("prints help on stdout wherever it is asked for", async () => {
    const [flag, command] = await Promise.all([
      runLine(["completion", "-h"]),
      runLine(["help", "completion"]),
    ]);
    expect(flag).toEqual(command);
    expect(flag.code).toBe(0);
    expect(flag.stderr).toBe("");
  });

  it("ends with 2 and one line on stderr for what it does not understand", async () => {
    const { code, stdout, stderr } = await runLine(["--prot", "1"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^codexcomp: unknown flag --prot.*\n$/);
  });

  it("makes one line of a failure", async () => {
    const { code, stderr } = await runLine([], { commands: [failing(new Error("disk\n  full"))] });
    expect([code, stderr]).toEqual([1, "codexcomp: disk full\n"]);
  });

  it("shows the stack when asked to", async () => {
    const { stderr } = await runLine([], {
      commands: [failing(new Error("disk full"))],
      env: { CODEXCOMP_DEBUG: "1" },
    });
    expect(stderr).toMatch(/disk full\n +at /);
  });

  it("takes a command's own complaint about its usage for one", async () => {
    expect((await runLine([], { commands: [failing(new UsageError("no such file"))] })).code).toBe(2);
  });
});
