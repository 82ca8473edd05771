import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { isItemDone, isTerminal, responseEvent, type JsonObject } from "../../src/protocol/event.js";
import { itemOf } from "../../src/protocol/items.js";
import { responseOf } from "../../src/protocol/usage.js";
import { round, simulatedUpstream, type Round, type SimulatedUpstream } from "../../src/testing/index.js";
import { DEFAULT_PROXY_OPTIONS } from "../../src/transport/options.js";
import { createProxyServer } from "../../src/transport/proxy.js";
import { upstreamNetwork } from "../../src/transport/upstream/network/network.js";
import { runs } from "../propertyRuns.js";
import { dataOf, runTurn, turnBody } from "./support/turns.js";
import { connect } from "./websocket/support/client.js";
import { createFrame, userMessage } from "./websocket/support/frames.js";

// Real servers for each conversation, and one that fails is tried again until it is small.
vi.setConfig({ testTimeout: 120_000 });

/** What an upstream answers, round by round; what is left of a turn when its answer has come is not asked for. */
const KINDS = {
  cut: () => round().reasoning(516).message("wrong"),
  "cut call": () => round().reasoning(1034).functionCall("shell", { command: "ls" }, { callId: "never run" }),
  "cut thought": () => round().reasoning(516),
  stall: () => round().message("stalled"),
  thought: () => round().reasoning(219),
  search: () => round().reasoning(100).webSearch({ query: "q" }).reasoning(119),
  "said live": () => round().reasoning({ tokens: 516, bytes: 1001 }).message("So far"),
};
type Kind = keyof typeof KINDS;

interface Turn {
  readonly rounds: readonly Kind[];
  /** The client says everything, as it remembers it: a new conversation for the upstream. */
  readonly whole: boolean;
}

const conversation = fc.record({
  /** The client's items have ids. */
  ids: fc.boolean(),
  turns: fc.array(
    fc.record({
      rounds: fc.array(fc.constantFrom(...(Object.keys(KINDS) as Kind[])), { maxLength: 5 }),
      whole: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

describe.each(["POST", "WebSocket", "bridge"] as const)("over %s", (way) => {
  test("every continuation finds the whole input of the round before it in the prompt cache", async () => {
    let continuations = 0;
    await fc.assert(
      fc.asyncProperty(conversation, async ({ ids, turns }) => {
        const { requests } = await converse(way, turns, ids);
        for (const [index, { isContinuation, cachedItems, input, history }] of requests.entries()) {
          const before = requests[index - 1];
          if (!isContinuation || !before) continue;
          continuations++;
          expect(cachedItems).toBe(before.history.length);
          // the thinking goes as the client's own items do
          const added = history.slice(cachedItems);
          expect(added.map(({ id }) => id !== undefined)).toEqual(added.map(({ phase }) => ids && !phase));
          expect(input).toEqual(history);
        }
      }),
      { numRuns: runs(20), seed: 518 },
    );
    expect(continuations).toBeGreaterThan(runs(20) * 1.5);
  });
});

/** Lets a client have a conversation through the real server. @returns the upstream, closed */
async function converse(
  way: "POST" | "WebSocket" | "bridge",
  turns: readonly Turn[],
  ids: boolean,
): Promise<SimulatedUpstream> {
  let left: Kind[] = [];
  const upstream = await simulatedUpstream({
    script: (): Round => {
      const kind = left.shift();
      return (kind ? KINDS[kind]() : round().reasoning(300).message("right")).completed();
    },
  });
  const options = {
    ...DEFAULT_PROXY_OPTIONS,
    ...{ port: 0, upstream: `${upstream.url}/v1`, proxy: "none" },
    ...{ upstreamTransport: way === "bridge" ? ("sse" as const) : ("auto" as const) },
  };
  const proxy = createProxyServer(options, upstreamNetwork(options, {}));
  const url = await proxy.listen();
  const client = way === "POST" ? undefined : await connect(url);
  const memory: JsonObject[] = [];
  const outputs: JsonObject[] = [];
  let previous: string | undefined;
  try {
    for (const [number, { rounds, whole }] of turns.entries()) {
      left = [...rounds];
      const asked = { ...userMessage(`question ${number}`), ...(ids && { id: `msg_user_${number}` }) };
      const said = [...outputs.splice(0), asked];
      memory.push(...said);
      const delta = client && !whole && previous !== undefined;
      const fields: JsonObject = {
        prompt_cache_key: "thread",
        ...(delta ? { previous_response_id: previous, input: said } : { input: [...memory] }),
      };
      const texts = client
        ? await client.turn(createFrame(fields))
        : dataOf((await runTurn(url, turnBody(fields))).text);
      const events = texts.map((text) => responseEvent(text));
      previous = responseOf(events.findLast(isTerminal))?.["id"] as string;
      for (const { id, ...item } of events.filter(isItemDone).map((event) => itemOf(event) ?? {})) {
        memory.push(ids ? { id, ...item } : item);
        const { call_id } = item;
        if (call_id !== undefined) outputs.push({ type: "function_call_output", call_id, output: "done" });
      }
    }
  } finally {
    client?.socket.terminate();
    await proxy.close(false);
    await upstream.close();
  }
  return upstream;
}
