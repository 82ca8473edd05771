import { expect, test, vi } from "vitest";
import * as own from "../../src/protocol/errors.js";

test("errors of another copy of the package are known for what they are, and for nothing else", async () => {
  vi.resetModules();
  const other = await import("../../src/protocol/errors.js");
  expect(other.UpstreamLost).not.toBe(own.UpstreamLost);

  const lost: unknown = new other.UpstreamLost("gone", "stream");
  expect(lost).toBeInstanceOf(own.UpstreamLost);
  expect(lost).not.toBeInstanceOf(own.RoundRejected);
  expect(new other.InvalidRequest("what?")).toBeInstanceOf(own.InvalidRequest);
  for (const foreign of [new Error("gone"), undefined, null, "gone"])
    expect(foreign).not.toBeInstanceOf(own.UpstreamLost);
});

test("a class made of one of them is none of its siblings", () => {
  class Mine extends own.UpstreamLost {}
  expect(new Mine("gone", "stream")).toBeInstanceOf(own.UpstreamLost);
  expect(new Mine("gone", "stream")).toBeInstanceOf(Mine);
  expect(new own.UpstreamLost("gone", "stream")).not.toBeInstanceOf(Mine);
});
