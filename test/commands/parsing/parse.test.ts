import { describe, expect, it } from "vitest";
import { defineCommand, type Command, type Environment } from "../../../src/commands/command.js";
import { parseCommandLine } from "../../../src/commands/parsing/parse.js";
import { wholeNumber } from "../../../src/options/allowed.js";

const common = { summary: "s", description: [], examples: [], run: async () => 0 };
const commands: readonly Command[] = [
  defineCommand({
    ...common,
    name: "run",
    flags: {
      port: { type: "number", default: 8787, allowed: wholeNumber(0, 65535), describes: "" },
      host: { type: "string", default: "127.0.0.1", describes: "" },
      maxN: { type: "number", describes: "" },
      mode: { type: "string", choices: ["fold", "off"], describes: "" },
      autoPort: { type: "boolean", describes: "" },
      noJournal: { type: "boolean", describes: "" },
      use: { type: "string", repeatable: true, describes: "" },
    },
  }),
  defineCommand({
    ...common,
    name: "stats",
    flags: {
      json: { type: "boolean", describes: "" },
      follow: { type: "boolean", short: "f", describes: "" },
    },
    args: [{ name: "PATH", describes: "" }],
  }),
  defineCommand({
    ...common,
    name: "replay",
    flags: {},
    args: [
      { name: "KIND", describes: "", required: true, choices: ["sse", "har"] },
      { name: "PATH", describes: "", repeatable: true },
    ],
  }),
  defineCommand({
    ...common,
    name: "codex",
    passes: "all",
    flags: { port: { type: "number", default: 8787, describes: "" } },
  }),
  defineCommand({
    ...common,
    name: "exec",
    passes: "command",
    flags: {
      port: { type: "number", describes: "" },
      follow: { type: "boolean", short: "f", describes: "" },
    },
    args: [{ name: "CMD", describes: "", required: true }],
  }),
];

async function parsed(line: string, env: Environment = {}) {
  const request = await parseCommandLine(line === "" ? [] : line.split(" "), commands, env);
  if (request.kind !== "run") throw new Error(`asked for ${request.kind}`);
  return request;
}

const flagsOf = async (line: string, env?: Environment) =>
  (await parsed(line, env)).flags as Record<string, unknown>;

describe("which command", () => {
  it.each([
    ["", "run", []],
    ["--port 9000", "run", []],
    ["stats --json", "stats", []],
    ["--json stats", "stats", []],
    ["-f stats x", "stats", ["x"]],
    ["--port 9000 run --auto-port", "run", []],
    ["--auto-port run", "run", []],
    ["--host stats run", "run", []],
    ["replay sse a b -- --c", "replay", ["sse", "a", "b", "--c"]],
  ])("%j is %s %j", async (line, name, args) => {
    const { command, args: given } = await parsed(line);
    expect([command.name, given]).toEqual([name, args]);
  });

  it.each([
    ["--help", undefined],
    ["-h", undefined],
    ["stats --help", "stats"],
    ["--help stats", "stats"],
    ["stats --zork -h", "stats"],
  ])("%j asks for help about %s", async (line, name) => {
    const request = await parseCommandLine(line.split(" "), commands, {});
    expect(request.kind === "help" && request.command?.name).toBe(name);
  });

  it.each(["--version", "-V", "stats --version"])("%j asks for the version", async (line) => {
    expect((await parseCommandLine(line.split(" "), commands, {})).kind).toBe("version");
  });
});

describe("what is passed on", () => {
  it.each([
    ["codex", {}, []],
    ["codex --help -c a=b --port 1 -- --x", {}, ["--help", "-c", "a=b", "--port", "1", "--", "--x"]],
    ["--port 1 codex --port 2 exec", { port: 1 }, ["--port", "2", "exec"]],
    ["exec ls -l --help", {}, ["ls", "-l", "--help"]],
    ["exec --port 1 -f -- -x --port 2 -- y", { port: 1, follow: true }, ["-x", "--port", "2", "--", "y"]],
    ["exec --port 1 ls -- --version", { port: 1 }, ["ls", "--", "--version"]],
    ["--port 1 exec ls --port 2", { port: 1 }, ["ls", "--port", "2"]],
    ["-- exec --port 1", {}, ["--port", "1"]],
  ])("%j gives %j and %j", async (line, flags, args) => {
    const request = await parsed(line);
    expect(request.args).toEqual(args);
    expect(request.flags).toMatchObject(flags);
  });

  it.each(["exec --help ls", "--help codex", "exec --port 1 -h"])("%j asks for help", async (line) => {
    expect((await parseCommandLine(line.split(" "), commands, {})).kind).toBe("help");
  });

  it.each([
    ["exec --prot 1 ls", /unknown flag --prot, did you mean --port\?/],
    ["exec --port 1", /exec needs CMD/],
    ["exec --port", /--port needs a value/],
    ["--use a codex", /unknown flag --use/],
  ])("%j is refused", async (line, message) => {
    await expect(parsed(line)).rejects.toThrow(message);
  });
});

describe("values", () => {
  it("come typed, with defaults, and say where they came from", async () => {
    const { flags, sources } = await parsed("--port=9000 --use a --use=b --no-journal", {
      CODEXCOMP_MAX_N: "4",
    });
    expect(flags).toEqual({
      port: 9000,
      host: "127.0.0.1",
      maxN: 4,
      mode: undefined,
      autoPort: false,
      noJournal: true,
      use: ["a", "b"],
    });
    expect(sources).toMatchObject({ port: "flag", maxN: "environment", host: "default" });
  });

  it.each([
    ["--auto-port", {}, true],
    ["--auto-port=no", {}, false],
    ["--auto-port=on", {}, true],
    ["--auto-port --no-auto-port", {}, false],
    ["", { CODEXCOMP_AUTO_PORT: "1" }, true],
    ["--no-auto-port", { CODEXCOMP_AUTO_PORT: "1" }, false],
    ["", { CODEXCOMP_AUTO_PORT: "" }, false],
  ])("%j with %j switches auto-port to %s", async (line, env, value) => {
    expect((await flagsOf(line, env))["autoPort"]).toBe(value);
  });

  it("of the command line win over the environment's", async () => {
    expect((await flagsOf("--port 1", { CODEXCOMP_PORT: "2" }))["port"]).toBe(1);
  });

  it("of a repeatable variable are separated by commas", async () => {
    expect((await flagsOf("", { CODEXCOMP_USE: "a.js, b.js" }))["use"]).toEqual(["a.js", "b.js"]);
  });

  it("may be negative numbers where the flag allows them", async () => {
    expect((await flagsOf("--max-n -1"))["maxN"]).toBe(-1);
  });
});

describe("refusals", () => {
  it.each([
    ["stts", /unknown command "stts", did you mean stats\?/],
    ["wireless", /unknown command "wireless" \(/],
    ["--prot 9000", /unknown flag --prot, did you mean --port\?/],
    ["stats --jsn", /unknown flag --jsn, did you mean --json\?/],
    ["stats --port 1", /unknown flag --port/],
    ["stats -x", /unknown flag -x/],
    ["--no-port", /unknown flag --no-port/],
    ["--port", /--port needs a value/],
    ["--host --port 1", /--host needs a value/],
    ["--use a --use", /--use needs a value/],
    ["--port stats", /--port must be a whole number, 0 to 65535, not "stats"/],
    ["--port 65536", /--port must be .*, not "65536"/],
    ["--port=", /--port must be .*, not ""/],
    ["--max-n 1 --max-n 2", /--max-n can only be set once/],
    ["--port 1 --port 2", /--port can only be set once/],
    ["--mode fld", /--mode must be one of fold, off, not "fld"/],
    ["--port 1 --port", /--port needs a value/],
    ["--host.name x", /unknown flag --host/],
    ["--constructor 1", /unknown flag --constructor/],
    ["--journal", /unknown flag --journal/],
    ["--no-prot", /unknown flag --no-prot/],
    ["--auto-port=maybe", /--auto-port must be true or false, not "maybe"/],
    ["--host=", /--host must be a text that is not empty/],
    ["run x", /unexpected argument "x"/],
    ["replay", /replay needs KIND/],
    ["replay see a", /KIND must be one of sse, har, not "see", did you mean sse\?/],
  ])("%j: %s", async (line, message) => {
    await expect(parsed(line)).rejects.toThrow(message);
  });

  it("name the variable a bad value came from", async () => {
    await expect(parsed("", { CODEXCOMP_PORT: "x" })).rejects.toThrow(/CODEXCOMP_PORT must be .*, not "x"/);
    await expect(parsed("", { CODEXCOMP_MODE: "on" })).rejects.toThrow(/CODEXCOMP_MODE must be one of/);
  });
});
