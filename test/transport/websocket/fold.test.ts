import { describe, expect, test } from "vitest";
import { round, truncatingModel } from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect, parsed, typeOf } from "./support/client.js";
import {
  answerOf,
  createFrame,
  idOf,
  itemsOf,
  responseOfLast,
  toolOutput,
  userMessage,
} from "./support/frames.js";

const CUT = { cuts: [516], wrong: "29", right: "21" } as const;

describe("a fold over WebSocket", () => {
  test("is one response: the hidden answer leaves no trace", async () => {
    const upstream = await simulated({ script: truncatingModel({ steps: [CUT] }) });
    const { url } = await startProxy(upstream.url + "/v1");
    const client = await connect(url);

    const events = await client.turn(createFrame());

    expect(answerOf(events)).toBe("21");
    expect(events.join("")).not.toContain("29");
    expect(events.map(typeOf).filter((type) => type === "response.created")).toHaveLength(1);
    expect(events.map((text) => parsed(text)["sequence_number"])).toEqual(events.map((_, i) => i));
    expect(responseOfLast(events)["metadata"]).toMatchObject({ proxy_rounds: [{ n: 1 }, { n: null }] });
    expect(upstream.sockets).toHaveLength(1);
  });
});
