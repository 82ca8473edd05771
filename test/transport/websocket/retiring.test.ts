import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { round } from "../../../src/testing/index.js";
import { ask } from "../support/client.js";
import { deferred } from "../support/deferred.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect } from "./support/client.js";
import { answerOf, createFrame } from "./support/frames.js";

const RESTART = { code: 1012, reason: "codexcomp is stopping" };

const ways = [
  { way: "a relay", settings: {} },
  { way: "a bridge", settings: { upstreamTransport: "sse" } },
  { way: "mode off", settings: { fold: { mode: "off" } } },
] as const;

describe.each(ways)("a proxy that is told to stop, with $way", ({ settings }) => {
  /** Turns of the model "waits" end when the test says so. */
  const serving = async () => {
    const gate = deferred();
    const upstream = await simulated({
      script: ({ body, number }) => {
        const events = round({ seed: number }).reasoning(291).message("21").completed();
        const isLast = (index: number): boolean => index === events.length - 1;
        return {
          events,
          before: ({ index }) => (body.model === "waits" && isLast(index) ? gate.promise : undefined),
        };
      },
    });
    const { url, proxy } = await startProxy(`${upstream.url}/v1`, { ...settings, timeouts: { drain: 60 } });
    return { url, proxy, gate, upstream };
  };

  test("idle connections end at once with 1012, others with their turns", async () => {
    const { url, proxy, gate } = await serving();
    const [fresh, used, busy] = [await connect(url), await connect(url), await connect(url)];
    await used.turn(createFrame());
    busy.send(createFrame({ model: "waits" }));
    await busy.until("response.created");
    // One that has come and waits for the one before it.
    busy.send(createFrame());
    busy.socket.ping();
    await once(busy.socket, "pong");

    const stopped = proxy.close();
    expect(await fresh.closed).toEqual(RESTART);
    expect(await used.closed).toEqual(RESTART);
    expect(busy.socket.readyState).toBe(busy.socket.OPEN);

    gate.resolve();
    expect(answerOf(await busy.until("response.completed"))).toBe("21");
    expect(answerOf(await busy.until("response.completed"))).toBe("21");
    expect(await busy.closed).toEqual(RESTART);
    await stopped;
  });

  test("what crosses with the close is not asked of the upstream: it will be asked again elsewhere", async () => {
    const { url, proxy, upstream } = await serving();
    const client = await connect(url);
    // On its way, and not yet read, when the proxy decides.
    client.send(createFrame());
    const stopped = proxy.close();
    expect(await client.closed).toEqual(RESTART);
    await stopped;
    expect(upstream.requests).toEqual([]);
  });

  test("one that comes while the port is still open has a turn, and ends with it", async () => {
    const { url, proxy } = await serving();
    await ask(url, { path: "/readyz" });
    const stopped = proxy.close();
    const late = await connect(url);
    await ask(url, { path: "/readyz" });
    expect(answerOf(await late.turn(createFrame()))).toBe("21");
    expect(await late.closed).toEqual(RESTART);
    await stopped;
  });
});
