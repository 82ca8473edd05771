import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { proxyOptions } from "../../src/options/proxyOptions.js";
import { configRules } from "../../src/options/rules.js";
import type { Config } from "../../src/options/settings.js";
import { InvalidOption, validate } from "../../src/options/validate.js";

/** A value that every setting refuses, with what its message must say is allowed. */
const REFUSED: Record<keyof Config, readonly [value: unknown, allowed: string]> = {
  mode: ["on", "one of fold, observe, off"],
  models: ["gpt-5*", "a list of texts that are not empty"],
  minN: [0, "a whole number, 1 or more"],
  maxN: [1.5, "a whole number, 0 or more (0 for no cap)"],
  maxContinue: [-1, "a whole number, 0 or more"],
  maxBilledTokens: ["many", "a whole number, 0 or more (0 for no limit)"],
  nudge: [5, "a text that is not empty, or a function ({ round, reason }) => string | object"],
  continueWhen: [true, "a function ({ round, model, effort, usage }) => boolean | string"],
  hold: ["never", "one of adaptive, always"],
  liveModels: [[""], "a list of texts that are not empty"],
  keepAliveSeconds: [-1, "a number of seconds, 0 or more (0 for never)"],
  host: ["", "a text that is not empty"],
  port: [65536, "a whole number, 0 to 65535 (0 for any free one)"],
  allowRemote: ["yes", "true or false"],
  allowHost: ["box.example", "a list of texts that are not empty"],
  upstream: ["api.openai.com", '"auto" or a URL with http, https'],
  upstreamTransport: ["websocket", "one of auto, sse"],
  proxy: ["ftp://a", '"none" or a URL with http, https, socks5, socks5h'],
  caFile: [1, "a text that is not empty"],
  connectTimeout: [Infinity, "a number of seconds, 0 or more (0 for none)"],
  firstByteTimeout: ["5", "a number of seconds, 0 or more (0 for none)"],
  drainTimeout: [-1, "a number of seconds, 0 or more (0 for none)"],
  instance: ["", "a text that is not empty"],
  idleTimeout: [NaN, "a number of seconds, 0 or more (0 for none)"],
  maxHistoryBytes: [0.5, "a whole number, 0 or more"],
  maxExtraTokensPerDay: [-5, "a whole number, 0 or more (0 for no limit)"],
  metrics: ["everybody", "one of local, all, off"],
  record: ["", "a text that is not empty"],
  recordRedact: ["names", "true or false"],
  operators: [[], "an object with lists of operators, round and response"],
  autoPort: [1, "true or false"],
  noJournal: [null, "true or false"],
  noPage: [1, "true or false"],
  page: [1, "true or false"],
  logLevel: ["trace", "one of error, warn, info, debug"],
  logFormat: ["xml", "one of text, json"],
};

describe("a setting that is not allowed is named, with its value and what is allowed", () => {
  test.each(Object.entries(REFUSED))("%s", (name, [value, allowed]) => {
    const shown = typeof value === "string" ? JSON.stringify(value) : inspect(value);
    expect(messageOf({ [name]: value })).toBe(`${name} must be ${allowed}, not ${shown}`);
  });

  test("there is a rule for each, and what is left out is left out", () => {
    expect(Object.keys(REFUSED).sort()).toEqual(Object.keys(configRules).sort());
    const nothing = Object.fromEntries(Object.keys(REFUSED).map((name) => [name, undefined]));
    expect(messageOf(nothing)).toBeUndefined();
  });
});

test.each([
  [{ rounds: [] }, "unknown option operators.rounds, did you mean operators.round?"],
  [{ round: () => {} }, "operators.round must be a list of operators, not [Function: round]"],
  [
    { response: [() => {}, 5] },
    "operators.response[1] must be a function (context) => (events) => events, not 5",
  ],
])("operators %j", (operators, message) => {
  expect(messageOf({ operators })).toBe(message);
});

test.each([
  ["maxContinues", "unknown option maxContinues, did you mean maxContinue?"],
  ["markerText", "unknown option markerText, did you mean nudge?"],
  ["minTier", "unknown option minTier, did you mean minN?"],
  ["toString", "unknown option toString"],
])("the name %s is not known", (name, message) => {
  expect(messageOf({ [name]: 1 })).toBe(message);
});

test.each([null, "text", [], 5])("%j is no set of options", (given) => {
  expect(messageOf(given)).toMatch(/^the options must be an object, not /);
});

test("a message repeats no credentials, and stays a line", () => {
  expect(messageOf({ proxy: "ftp://user:hunter2@host" })).not.toContain("hunter2");
  expect(messageOf({ host: { name: "x".repeat(1000), lines: "a\nb" } })).toMatch(/^.{1,300}$/);
});

test("settings that are allowed become options, the rest is the default", () => {
  const { fold, port, timeouts } = proxyOptions({ minN: 2, nudge: "Go on.", port: 0, idleTimeout: 5 });
  expect({ ...fold, port, ...timeouts }).toMatchObject({
    minTier: 2,
    maxTier: 6,
    nudge: "Go on.",
    port: 0,
    idle: 5,
    connect: 30,
  });
});

function messageOf(given: unknown): string | undefined {
  try {
    validate(given, configRules);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOption);
    return (error as Error).message;
  }
}
