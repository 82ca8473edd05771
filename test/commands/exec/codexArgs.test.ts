import { describe, expect, it } from "vitest";
import { choicesIn, withBaseUrl } from "../../../src/commands/exec/codexArgs.js";

const url = "http://127.0.0.1:4711/v1";
const ours = ["-c", `openai_base_url=${url}`];

describe("withBaseUrl", () => {
  it.each([
    [[], ours],
    [
      ["exec", "hi"],
      [...ours, "exec", "hi"],
    ],
    [
      ["resume", "--last"],
      [...ours, "resume", "--last"],
    ],
    [
      ["--profile", "p", "exec", "hi"],
      [...ours, "--profile", "p", "exec", "hi"],
    ],
  ])("stands in front of %j", (args, expected) => expect(withBaseUrl(args, url)).toEqual(expected));

  it.each([
    [
      ["exec", "-c", "model=x", "hi"],
      [...ours, "exec", ...ours, "-c", "model=x", "hi"],
    ],
    [
      ["exec", "--config", "a.b=1", "hi"],
      [...ours, "exec", ...ours, "--config", "a.b=1", "hi"],
    ],
    [
      ["exec", "--config=a=1", "hi"],
      [...ours, "exec", ...ours, "--config=a=1", "hi"],
    ],
    [
      ["exec", "-ca=1", "hi"],
      [...ours, "exec", ...ours, "-ca=1", "hi"],
    ],
    [
      ["exec", "-c", "a=1", "resume", "-c", "b=2"],
      [...ours, "exec", ...ours, "-c", "a=1", "resume", ...ours, "-c", "b=2"],
    ],
  ])("stands in front of each override of %j, too", (args, expected) =>
    expect(withBaseUrl(args, url)).toEqual(expected),
  );

  it.each([
    [["exec", "--", "-c", "a=1"]],
    [["sandbox", "bash", "-c", "x=1; echo $x"]],
    [["mcp", "add", "files", "-c", "a=1"]],
    [["exec", "-C", "folder", "--color", "never", "x=1"]],
    [["exec", "-c"]],
  ])("leaves what is no override alone in %j", (args) =>
    expect(withBaseUrl(args, url)).toEqual([...ours, ...args]),
  );
});

describe("choicesIn", () => {
  it.each([
    [["-p", "work", "exec"], "work"],
    [["exec", "--profile", "work"], "work"],
    [["exec", "--profile=work"], "work"],
    [["-pwork"], "work"],
    [["exec", "--", "-p", "work"], undefined],
  ])("finds the profile in %j", (args, profile) => expect(choicesIn(args).profile).toBe(profile));

  it("finds overrides, without quotes, and a model on this machine", () => {
    expect(choicesIn(["-c", 'model_provider="mine"', "exec", "--config=a=b=c", "--oss", "-c", "x"])).toEqual({
      profile: undefined,
      overrides: { model_provider: "mine", a: "b=c" },
      oss: true,
    });
  });
});
