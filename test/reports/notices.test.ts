import { describe, expect, it } from "vitest";
import { InvalidRequest, UpstreamLost } from "../../src/protocol/errors.js";
import { failureNotice, stackOf } from "../../src/reports/notices.js";

const request = { method: "GET", url: "/v1/models?key=secret" };

describe("a failed request's notice", () => {
  it("says what is wrong in our own words, and names no query", () => {
    expect(failureNotice(request, new UpstreamLost("connection refused", "connect"))).toEqual({
      kind: "notice",
      level: "warn",
      text: "GET /v1/models: connection refused",
    });
    expect(failureNotice(request, new InvalidRequest("The body is empty."))).toMatchObject({ level: "warn" });
  });

  it("tells of a bug where it is, not what it was about", () => {
    const notice = failureNotice(request, new TypeError("cannot read 'secret prompt'\n  with lines"));
    expect(notice).toMatchObject({
      level: "error",
      text: expect.stringMatching(/bug: TypeError\n\s+at .*notices\.test/),
    });
    expect(JSON.stringify(notice)).not.toMatch(/secret|with lines/);
  });

  it("takes anything that can be thrown", () => {
    expect([stackOf("secret"), stackOf(undefined), stackOf({ secret: 1 })]).toEqual([
      "string",
      "undefined",
      "object",
    ]);
  });
});
