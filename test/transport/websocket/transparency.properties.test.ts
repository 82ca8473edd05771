import { once } from "node:events";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { isOrdered, responseEvent, type JsonObject } from "../../../src/protocol/event.js";
import { round } from "../../../src/testing/index.js";
import { runs } from "../../propertyRuns.js";
import { startProxy } from "../support/proxy.js";
import { connect, parsed, type Client } from "./support/client.js";
import { createFrame } from "./support/frames.js";
import { rawSockets } from "./support/upstream.js";

vi.setConfig({ testTimeout: 120_000 });

/** A frame that no response needs, anywhere; `own` names what only this frame speaks of. */
interface Extra {
  readonly type: string | undefined;
  readonly number: string | undefined;
  readonly fields: string;
  readonly spaced: boolean;
}

/** One turn that is not folded, and what else comes before, within and behind its response. */
interface Turn {
  readonly before: readonly Extra[];
  readonly inside: readonly Extra[];
  readonly behind: readonly Extra[];
  readonly answers: "message" | "call" | "nothing";
  /** The client asks again only when it has heard everything. */
  readonly patient: boolean;
}

const extra: fc.Arbitrary<Extra> = fc.record({
  type: fc.constantFrom(
    ...["response.metadata", "codex.rate_limits", "responsesapi.websocket_timing", "codex.response.metadata"],
    ...[
      "response.future",
      "response.output_text.delta",
      "response.reasoning_summary_text.delta",
      "keepalive",
      "",
    ],
    undefined,
  ),
  number: fc.constantFrom(undefined, "null", "0", "7", "12345678901234567890", '"9"'),
  fields: fc.constantFrom(
    ...[
      '"headers":{"x-codex-turn-state":"state-7"}',
      '"item_id":"msg_of_nobody"',
      '"response_id":"resp_of_nobody"',
    ],
    ...[
      '"n":1.0',
      '"item":{"type":"odd"}',
      '"response":{}',
      '"delta":"Gr\\u00fc\\u00dfe 🎉"',
      '"output_index":3',
    ],
  ),
  spaced: fc.boolean(),
});

const turn: fc.Arbitrary<Turn> = fc.record({
  before: fc.array(extra, { maxLength: 4 }),
  inside: fc.array(extra, { maxLength: 4 }),
  behind: fc.array(extra, { maxLength: 4 }),
  answers: fc.constantFrom("message", "call", "nothing"),
  patient: fc.boolean(),
});

const plan = fc.record({
  lanes: fc.array(fc.array(turn, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  named: fc.boolean(),
  hold: fc.boolean(),
});

test("frames of turns that are not folded are those of the upstream, byte for byte and in their order", async () => {
  let answer: Answer = () => {};
  const upstream = await rawSockets((socket) =>
    socket.on("message", (data: Buffer) => {
      const { prompt_cache_key: key } = parsed(data.toString()) as { prompt_cache_key: string };
      answer(socket, key);
    }),
  );
  const holding = await startProxy(`${upstream.url}/v1`, { fold: { hold: "always" } });
  const observing = await startProxy(`${upstream.url}/v1`, { fold: { mode: "observe" } });

  await fc.assert(
    fc.asyncProperty(plan, async ({ lanes, named, hold }) => {
      const names = lanes.length === 1 && !named ? [undefined] : ["a", "b", "c"];
      const client = await connect(hold ? holding.url : observing.url);
      const { sent, received } = await conversation(client, lanes, names, (own) => (answer = own));
      if (!hold) expect(received).toEqual(sent);
      // What belongs to no response does not wait behind output that is held; each lane's output does, in its order.
      for (const lane of names)
        for (const ordered of [true, false]) {
          const own = (texts: readonly string[]): string[] =>
            texts.filter((text) => laneOf(text) === lane && isOrdered(responseEvent(text)) === ordered);
          expect(own(received)).toEqual(own(sent));
        }
    }),
    { numRuns: runs(30), seed: 518 },
  );
});

type Answer = (socket: WebSocket, key: string) => void;

/** Lets a client ask all turns, each lane's one after the other. @param serve gets the upstream's side of it */
async function conversation(
  client: Client,
  lanes: readonly (readonly Turn[])[],
  names: readonly (string | undefined)[],
  serve: (answer: Answer) => void,
): Promise<{ sent: readonly string[]; received: readonly string[] }> {
  const sent: string[] = [];
  const answer = async (socket: WebSocket, key: string): Promise<void> => {
    const [lane = 0, number = 0] = key.split("/").map(Number);
    for (const text of framesOf(lanes[lane]?.[number] as Turn, key, names[lane])) {
      sent.push(text);
      socket.send(text);
      await new Promise(setImmediate);
    }
  };
  serve((socket, key) => void answer(socket, key));
  const heard = async (isEnough: () => boolean): Promise<void> => {
    // What was dropped does not come: then a silence is the failure.
    while (!isEnough()) await once(client.socket, "message", { signal: AbortSignal.timeout(5000) });
  };
  await Promise.all(
    lanes.map(async (turns, lane) => {
      for (const [number, { patient }] of turns.entries()) {
        const key = `${lane}/${number}`;
        client.send(createFrame({ prompt_cache_key: key, ...(names[lane] && { stream_id: names[lane] }) }));
        const last = framesOf(turns[number] as Turn, key, names[lane]).at(-1) as string;
        await heard(() => client.received.some((text) => isTerminalOf(text, key)));
        if (patient || number === turns.length - 1) await heard(() => client.received.includes(last));
      }
    }),
  );
  await heard(() => client.received.length >= sent.length);
  client.socket.terminate();
  return { sent, received: client.received };
}

/** All frames of a turn's answer; the last one is unlike any other. */
function framesOf(
  { before, inside, behind, answers }: Turn,
  key: string,
  lane: string | undefined,
): string[] {
  const begun = round({ seed: key }).reasoning(100);
  const built =
    answers === "message" ? begun.message("hi") : answers === "call" ? begun.functionCall("f", {}) : begun;
  const own = [...built.completed()].map((text) => {
    const event = parsed(text);
    const response = event["response"] as JsonObject | undefined;
    return JSON.stringify(response ? { ...event, response: { ...response, id: `resp ${key}` } } : event);
  });
  const [created = "", ...rest] = own;
  const extras = (all: readonly Extra[]): string[] => all.map((each) => textOf(each));
  const middle = Math.ceil(rest.length / 2);
  const frames = [
    ...[...extras(before), created, ...rest.slice(0, middle), ...extras(inside), ...rest.slice(middle)],
    ...[...extras(behind), `{"type":"codex.last","of":"${key}"}`],
  ];
  return lane === undefined ? frames : frames.map((text) => text.replace(/\}$/, `,"stream_id":"${lane}"}`));
}

function textOf({ type, number, fields, spaced }: Extra): string {
  const members = [
    ...(type === undefined ? [] : [`"type":"${type}"`]),
    ...(number === undefined ? [] : [`"sequence_number":${number}`]),
    fields,
  ];
  return spaced ? `{ ${members.join(" , ").replaceAll('":', '" : ')}}` : `{${members.join(",")}}`;
}

function isTerminalOf(text: string, key: string): boolean {
  return text.startsWith('{"type":"response.completed"') && text.includes(`"resp ${key}"`);
}

function laneOf(text: string): unknown {
  return parsed(text)["stream_id"];
}
