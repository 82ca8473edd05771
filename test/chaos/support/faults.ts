import type { Answer } from "../../../src/testing/index.js";
import { wholeText } from "../../../src/testing/upstream/deliverWhole.js";
import type { Blow } from "./faultProxy.js";
import type { Phase } from "./phases.js";
import { garbageBytes } from "./random.js";
import type { Transport } from "./transports.js";
import { UPSTREAM_CLOSE, type Ending } from "./verdict.js";

/** Something that goes wrong at a phase of a turn, and what the client must see of it. */
export interface Fault {
  readonly name: string;
  /** At the network. @param seed of everything that is random */
  readonly blow?: (seed: string) => Blow;
  /** In what the upstream says. @param at the phase's place among the events */
  readonly answer?: (events: readonly string[], at: number, transport: Transport) => Answer;
  /** The client leaves. */
  readonly vanishes?: true;
  /** The wall clock jumps by so many milliseconds. */
  readonly clock?: number;
  /** Where it can happen at all; everywhere if absent. */
  readonly happens?: (phase: Phase, transport: Transport) => boolean;
  readonly ending: (phase: Phase, transport: Transport) => Ending;
  /** What follows a terminal that nobody touched reaches the client too, as it would without the proxy. */
  readonly trailing?: (transport: Transport) => boolean;
}

export const FAULTS: readonly Fault[] = [
  { name: "reset", blow: () => ({ kind: "reset" }), ending: lost },
  { name: "half close", blow: () => ({ kind: "half close" }), ending: lost },
  {
    name: "stall",
    blow: () => ({ kind: "stall" }),
    ending: (phase, transport) => lost(phase, transport, "504"),
  },
  { name: "truncated chunk", blow: () => ({ kind: "truncate" }), ending: lost },
  {
    name: "garbage bytes",
    blow: (seed) => ({ kind: "garbage", bytes: garbageBytes(seed, 64) }),
    // A body whose length was told takes them for its own.
    ending: (phase, transport) => (phase.at === "body" ? refused(phase) : lost(phase, transport)),
  },
  {
    name: "garbage in the body",
    answer: (events, at, transport) =>
      transport === "WebSocket"
        ? events.toSpliced(at, 0, "{ no JSON")
        : { events, fault: { kind: "garbage", after: at } },
    happens: (phase) => phase.at !== "upgrade",
    ending: (phase, transport) => (transport === "JSON" ? refused(phase) : unharmed()),
  },
  {
    name: "duplicate terminal",
    answer: (events, _at, transport) =>
      transport === "JSON" ? bodyOf(events, (text) => text + text) : [...events, events.at(-1) ?? ""],
    happens: ({ at }) => at === "terminal" || at === "body",
    ending: (phase, transport) => (transport === "JSON" ? refused(phase) : unharmed()),
    trailing: (transport) => transport !== "WebSocket",
  },
  {
    name: "events after the terminal",
    answer: (events, _at, transport) =>
      transport === "JSON"
        ? bodyOf(events, (text) => text + AFTERTHOUGHTS.join("\n"))
        : [...events, ...AFTERTHOUGHTS],
    happens: ({ at }) => at === "terminal" || at === "body",
    ending: (phase, transport) => (transport === "JSON" ? refused(phase) : unharmed()),
    trailing: () => true,
  },
  {
    name: "no terminal",
    answer: (events, at, transport) => {
      if (transport === "JSON")
        return bodyOf(events, (text) => text.slice(0, at === 0 ? 1 : text.length / 2));
      return transport === "WebSocket"
        ? { events, fault: { kind: "close", after: at, code: UPSTREAM_CLOSE } }
        : events.slice(0, at);
    },
    happens: ({ at }) => at !== "upgrade",
    ending: (phase, transport) => {
      if (transport === "JSON") return refused(phase);
      if (phase.round === 2) return "the first round's answer";
      if (transport === "bridge") return "the stream dies";
      return transport === "POST" ? "the stream ends, no terminal" : "closed as the upstream closed it";
    },
  },
  {
    name: "another content type",
    answer: (events, _at, transport) => ({
      events,
      contentType: transport === "JSON" ? "text/plain" : "application/json",
    }),
    happens: ({ at }, transport) => at === "head" && transport !== "WebSocket",
    ending: unharmed,
  },
  {
    name: "JSON instead of events",
    answer: () => ({ status: 200, headers: {}, body: { id: "resp_1", status: "completed" } }),
    happens: ({ at }, transport) => at === "head" && transport !== "WebSocket",
    ending: refused,
  },
  {
    name: "HTML error page",
    blow: () => ({ kind: "garbage", bytes: Buffer.from(HTML), ends: true }),
    happens: ({ at }) => at !== "head" && at !== "upgrade",
    ending: lost,
  },
  {
    name: "HTML error page",
    answer: () => ({ status: 503, headers: { "content-type": "text/html" }, body: HTML }),
    happens: ({ at }) => at === "head",
    ending: refused,
  },
  {
    name: "gzip'd answer",
    answer: (events) => ({ events, gzip: true }),
    happens: ({ at }, transport) => at === "head" && transport !== "WebSocket",
    ending: unharmed,
  },
  { name: "1-byte chunks", blow: () => ({ kind: "trickle", bytes: 120 }), ending: unharmed },
  {
    name: "10 MB event",
    answer: (events, at, transport) =>
      transport === "JSON"
        ? bodyOf(events, (text) => text.replace("{", `{"padding":"${PADDING}",`))
        : events.toSpliced(Math.max(at, 1), 0, HUGE),
    happens: ({ at }) => at !== "upgrade",
    ending: unharmed,
  },
  { name: "clock jumps ahead", clock: 86_400_000, ending: unharmed },
  { name: "clock jumps back", clock: -86_400_000, ending: unharmed },
  { name: "client vanishes", vanishes: true, ending: () => "the upstream is stopped" },
  { name: "upstream restarts", blow: () => ({ kind: "restart" }), ending: lost },
];

/** The upstream is gone: the first round's answer where there is one, else what would have been seen without the proxy. */
function lost({ round, at }: Phase, transport: Transport, status: "502" | "504" = "502"): Ending {
  if (round === 2) return "the first round's answer";
  if (at === "upgrade") return status;
  return at === "head" && transport !== "WebSocket" ? status : "the stream dies";
}

function refused({ round }: Phase): Ending {
  return round === 2 ? "the first round's answer" : "the upstream's own answer";
}

function unharmed(): Ending {
  return "the answer";
}

const HTML = `<html><head><title>503 Service Temporarily Unavailable</title></head><body>${"<p>Sorry</p>".repeat(20)}</body></html>\n`;

const PADDING = "x".repeat(10 * 1024 * 1024);
const HUGE = JSON.stringify({ type: "response.padding", text: PADDING });

/** An answer that does not stream. @param change what becomes of its text */
function bodyOf(events: readonly string[], change: (text: string) => string): Answer {
  const headers = { "content-type": "application/json" };
  return { status: 200, headers, body: change(wholeText(events)) };
}

const AFTERTHOUGHTS = [
  '{"type":"response.output_text.delta","content_index":0,"delta":"?","item_id":"msg_late","output_index":1}',
  '{"type":"response.afterthought","text":"?"}',
];
