import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { InvalidRequest } from "../../../src/protocol/errors.js";
import { edited, storedRequest } from "../../../src/transport/downstream/storedRequest.js";

const TEXT = '{"model":"gpt-5.5", "n":18446744073709551615, "input":"Grüße 🎉"}';

describe("a stored request", () => {
  test("is read from its bytes as often as it is asked for", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const request = storedRequest(Buffer.from(TEXT));

    await nextTurn();
    collect();

    expect(request?.text).toBe(TEXT);
    expect(request?.json).toEqual(JSON.parse(TEXT));
    expect(request?.json).toBe(request?.json);
    expect(request?.model).toBe("gpt-5.5");
  });

  test("is undefined for JSON that is no object, and refused where it is no JSON", () => {
    expect(storedRequest(Buffer.from("[1]"))).toBeUndefined();
    expect(() => storedRequest(Buffer.from("{"))).toThrow(InvalidRequest);
  });

  test("stays itself where nothing is edited, and keeps every other byte where something is", () => {
    const request = storedRequest(Buffer.from(TEXT));
    if (!request) throw new Error("not an object");

    expect(edited(request, [])).toBe(request);
    const other = edited(request, [{ path: ["model"], raw: '"gpt-5.6"' }]);

    expect(other.text).toBe(TEXT.replace("gpt-5.5", "gpt-5.6"));
    expect(other.bytes.toString()).toBe(other.text);
    expect(other.model).toBe("gpt-5.6");
  });
});
