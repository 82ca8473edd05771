import { describe, expect, it } from "vitest";
import { InvalidRequest, UpstreamLost } from "../../../src/protocol/errors.js";
import { respondFailure } from "../../../src/transport/downstream/respond.js";
import { ask } from "../support/client.js";
import { httpUpstream } from "../support/upstreams.js";

/** What a client gets of a server on which this went wrong. */
async function failing(error: unknown, before = "") {
  const server = await httpUpstream((_, response) => {
    if (before) response.write(before);
    respondFailure(response, error);
  });
  return ask(server.url, { path: "/" });
}

describe("a request that failed before its answer began", () => {
  it.each([
    [new InvalidRequest("It is empty."), 400, "invalid_request_error", "It is empty.", null],
    [new InvalidRequest("It is large.", 413), 413, "invalid_request_error", "It is large.", null],
    [
      new UpstreamLost("connection refused", "connect"),
      502,
      "server_error",
      /upstream: connection refused\.$/,
      "upstream_connection_error",
    ],
    [
      new UpstreamLost("no answer", "timeout"),
      504,
      "server_error",
      /upstream: no answer\.$/,
      "upstream_connection_error",
    ],
    [new TypeError("secret"), 500, "server_error", /^codexcomp failed on this request/, "proxy_error"],
    ["secret", 500, "server_error", /^codexcomp failed on this request/, "proxy_error"],
  ])("by %s is answered with %i", async (error, status, type, message, code) => {
    const seen = await failing(error);
    expect(seen).toMatchObject({ status, complete: true, headers: { "content-type": "application/json" } });
    expect(JSON.parse(seen.text)).toEqual({
      error: {
        message: typeof message === "string" ? message : expect.stringMatching(message),
        type,
        param: null,
        code,
      },
    });
    expect(seen.text).not.toContain("secret");
  });
});

it("an answer that has begun is cut, behind what was said of it", async () => {
  expect(await failing(new TypeError("secret"), "half")).toMatchObject({ text: "half", complete: false });
});
