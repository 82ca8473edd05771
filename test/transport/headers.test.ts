import { describe, expect, it } from "vitest";
import { header, headerValues } from "../../src/protocol/rawHeaders.js";
import { endToEnd } from "../../src/transport/headers.js";

const headers = ["Set-Cookie", "a=1", "X-One", "1", "set-cookie", "b=2"];

describe("raw headers", () => {
  it("are found without regard to case, all of them in order", () => {
    expect(headerValues(headers, "set-cookie")).toEqual(["a=1", "b=2"]);
    expect(header(headers, "x-one")).toBe("1");
    expect(header(headers, "x-two")).toBeUndefined();
  });

  it("go on in order, with their case and repetitions", () => {
    expect(endToEnd(headers)).toEqual(headers);
    expect(endToEnd(headers, ["x-one"])).toEqual(["Set-Cookie", "a=1", "set-cookie", "b=2"]);
  });

  it("do not go on when Connection lists them, or the standard does", () => {
    const hop = [
      "Connection",
      "keep-alive , X-A",
      "connection",
      "x-b",
      "X-A",
      "1",
      "X-B",
      "2",
      "TE",
      "trailers",
    ];
    expect(endToEnd([...hop, "X-C", "3", "Transfer-Encoding", "chunked", "Keep-Alive", "9"])).toEqual([
      "X-C",
      "3",
    ]);
  });
});
