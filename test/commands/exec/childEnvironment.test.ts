import { describe, expect, it } from "vitest";
import { childEnvironment } from "../../../src/commands/exec/childEnvironment.js";

const baseUrl = "http://127.0.0.1:4711/v1";

describe("childEnvironment", () => {
  it("tells the base URL, instead of another", () => {
    expect(childEnvironment({ A: "1", OPENAI_BASE_URL: "https://x" }, { baseUrl })).toEqual({
      A: "1",
      OPENAI_BASE_URL: baseUrl,
    });
    expect(childEnvironment({ A: "1" }, {})).toEqual({ A: "1" });
  });

  it.each([
    [{ HTTPS_PROXY: "http://p" }, {}],
    [{ HTTP_PROXY: "http://p" }, { NO_PROXY: "127.0.0.1" }],
    [{ all_proxy: "http://p" }, { NO_PROXY: "127.0.0.1" }],
    [{ HTTP_PROXY: "http://p", no_proxy: "x" }, { no_proxy: "x,127.0.0.1" }],
    [
      { ALL_PROXY: "http://p", NO_PROXY: "*", no_proxy: "x" },
      { NO_PROXY: "*,127.0.0.1", no_proxy: "x,127.0.0.1" },
    ],
    [{ HTTP_PROXY: "http://p", NO_PROXY: "127.0.0.1" }, {}],
  ])("with %j has NO_PROXY say that no proxy leads to us", (env, added) => {
    expect(childEnvironment(env, {})).toEqual({ ...env, ...added });
  });

  it("sees what the command sets for itself", () => {
    const env = childEnvironment({}, { more: { HTTP_PROXY: "http://p" } });
    expect(env).toEqual({ NO_PROXY: "127.0.0.1" });
  });
});
