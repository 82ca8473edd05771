import { Readable } from "node:stream";
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

test.each([
  ["RoundRejected", own.RoundRejected],
  ["UpstreamLost", own.UpstreamLost],
  ["InvalidRequest", own.InvalidRequest],
])("another version knows a %s by a mark that stays as it is", (name, type) => {
  expect(Symbol.for(`codexcomp.${name}`) in type.prototype).toBe(true);
});

test("a class made of one of them is none of its siblings", () => {
  class Mine extends own.UpstreamLost {}
  expect(new Mine("gone", "stream")).toBeInstanceOf(own.UpstreamLost);
  expect(new Mine("gone", "stream")).toBeInstanceOf(Mine);
  expect(new own.UpstreamLost("gone", "stream")).not.toBeInstanceOf(Mine);
});

test("they say in logs what they are: by name, and in words without content", () => {
  const answer = { status: 502, statusText: "", headers: ["set-cookie", "secret"], body: Readable.from([]) };
  const cause = new Error("read ECONNRESET");
  const lost = new own.UpstreamLost("connection reset", "stream", { cause });

  expect(String(new own.RoundRejected(answer))).toBe("RoundRejected: upstream answered 502");
  expect(String(lost)).toBe("UpstreamLost: connection reset");
  expect(lost.cause).toBe(cause);
  expect(String(new own.InvalidRequest("what?"))).toBe("InvalidRequest: what?");
});

test("a rejection is a whole answer, unless it is said to be too long", () => {
  const answer = { status: 200, statusText: "", headers: [], body: Readable.from([]) };
  expect(new own.RoundRejected(answer)).toMatchObject({ answer, tooLong: false });
  expect(new own.RoundRejected(answer, true)).toMatchObject({ answer, tooLong: true });
});

test("a request that cannot be understood is answered with 400, unless another status says more", () => {
  expect(new own.InvalidRequest("what?").status).toBe(400);
  expect(new own.InvalidRequest("too large", 413).status).toBe(413);
});
