import { expect, test } from "vitest";
import { responseEvent } from "../../src/protocol/event.js";
import { withValue } from "../../src/protocol/withValue.js";

const DATA = '{"type":"response.created", "response":{"model":"a","created_at":1.0}}';

test.each<[(string | number)[], unknown, string]>([
  [["response", "model"], "b", DATA.replace('"a"', '"b"')],
  [["response", "tags"], { n: [1] }, DATA.replace("1.0", '1.0,"tags":{"n":[1]}')],
  [["response", "model"], undefined, DATA.replace('"model":"a",', "")],
])("%j becomes %j, and every other byte stays", (path, value, data) => {
  const framing = { event: "response.created", id: "7" };

  expect(withValue(responseEvent(DATA, framing), path, value)).toMatchObject({ data, framing });
});

test("where the value is there already, the very event is given back", () => {
  const event = responseEvent(DATA);

  expect(withValue(event, ["response", "model"], "a")).toBe(event);
});
