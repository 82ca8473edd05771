import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { completionScript } from "../../../src/commands/completion/script.js";
import { commands } from "../../../src/commands/index.js";
import { runLine } from "../capture.js";

const has = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0;

/** What bash would offer at the end of a line; the last word is the one being typed. */
function offeredByBash(...typed: string[]): string[] {
  const script = `${completionScript("bash", commands)}
    COMP_WORDS=(codexcomp "$@"); COMP_CWORD=$#
    _codexcomp
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", script, "bash", ...typed], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

/** What fish would offer at the end of a line. */
function offeredByFish(line: string): string[] {
  const script = `${completionScript("fish", commands)}\ncomplete -C ${JSON.stringify(line)}`;
  const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", script], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => each.split("\t")[0] ?? "");
}

const names = commands.filter(({ hidden }) => !hidden).map(({ name }) => name);

describe.skipIf(!has("bash"))("bash completions", () => {
  it("offer the commands", () => expect(offeredByBash("")).toEqual(names));
  it("offer them behind flags too", () =>
    expect(offeredByBash("--port", "1", "compl")).toEqual(["completion"]));
  it("offer run's flags where no command is named", () =>
    expect(offeredByBash("--log-f")).toEqual(["--log-format"]));
  it("offer a command's own flags only", () =>
    expect(offeredByBash("completion", "--")).toEqual(["--help", "--version"]));
  it("offer a flag's values", () => expect(offeredByBash("run", "--mode", "o")).toEqual(["observe", "off"]));
  it("offer nothing where any text goes", () => expect(offeredByBash("--host", "")).toEqual([]));
  it("offer an argument's values", () => expect(offeredByBash("completion", "")).toContain("powershell"));
  it("offer the commands to help", () => expect(offeredByBash("help", "ru")).toEqual(["run"]));
  it("offer paths", () => expect(offeredByBash("--ca-file", "package.js")).toEqual(["package.json"]));
});

describe.skipIf(!has("fish"))("fish completions", () => {
  it("offer the commands", () => expect(offeredByFish("codexcomp ").sort()).toEqual([...names].sort()));
  it("offer a flag's values", () =>
    expect(offeredByFish("codexcomp run --mode o")).toEqual(["observe", "off"]));
  it("offer an argument's values", () => expect(offeredByFish("codexcomp completion z")).toEqual(["zsh"]));
  it("offer flags in front of the command", () =>
    expect(offeredByFish("codexcomp --log-f")).toEqual(["--log-format"]));
});

describe.skipIf(!has("zsh"))("zsh completions", () => {
  it("are a script zsh can read", () => {
    const { status, stderr } = spawnSync("zsh", ["-n"], {
      input: completionScript("zsh", commands),
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

describe("codexcomp completion", () => {
  it.each(["bash", "zsh", "fish", "powershell"])("prints every command and flag for %s", async (shell) => {
    const { code, stdout } = await runLine(["completion", shell]);
    expect(code).toBe(0);
    for (const name of [...names, "upstream-transport", "observe"]) expect(stdout).toContain(name);
  });
});
