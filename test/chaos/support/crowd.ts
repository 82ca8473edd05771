import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Answer, Fault, UpstreamRequest } from "../../../src/testing/index.js";
import { simulatedUpstream, type SimulatedUpstream } from "../../../src/testing/index.js";
import { DEFAULT_PROXY_OPTIONS } from "../../../src/transport/options.js";
import { createProxyServer, type Proxy } from "../../../src/transport/proxy.js";
import { upstreamNetwork } from "../../../src/transport/upstream/network/network.js";
import type { JsonObject } from "../../../src/protocol/event.js";
import { jsonClient, postClient, socketClient, type Client } from "./clients.js";
import { roundFor } from "./phases.js";
import { seeded } from "./random.js";
import { breachesOf, endingOf, type Ending } from "./verdict.js";

export interface CrowdOptions {
  readonly seed: string;
  /** Clients at once; every other one over WebSocket, and every fourth asks for one JSON text. */
  readonly clients: number;
  /** Asked before every turn: false ends the client. */
  readonly goesOn: () => boolean;
  /** The longest pause of a client between two turns, in milliseconds. Default none. */
  readonly pause?: number;
}

/** What has been seen so far. */
export interface Seen {
  turns: number;
  /** How many of them ended how for the client. */
  readonly endings: Map<string, number>;
  /** Streams that were not as every stream must be, and endings that no fault explains. */
  readonly wrong: string[];
}

export const nothingSeen = (): Seen => ({ turns: 0, endings: new Map(), wrong: [] });

/** A proxy and the upstream that it forwards to. */
export interface Stage {
  readonly upstream: SimulatedUpstream;
  readonly proxy: Proxy;
  readonly base: string;
  close(): Promise<void>;
}

/**
 * @param faults the share of upstream responses that go wrong, 0 to 1
 * @param bugs gets what the proxy reports as errors of its own
 */
export async function stage(seed: string, faults: number, bugs: string[]): Promise<Stage> {
  const upstream = await simulatedUpstream({ script: faultyScript(seed, faults) });
  const { timeouts } = DEFAULT_PROXY_OPTIONS;
  const options = {
    ...DEFAULT_PROXY_OPTIONS,
    port: 0,
    upstream: upstream.url,
    timeouts: { ...timeouts, idle: 5 },
  };
  const proxy = createProxyServer(options, upstreamNetwork(options, {}));
  proxy.reports$.subscribe((report) => {
    if (report.kind === "notice" && report.level === "error") bugs.push(report.text);
  });
  const base = await proxy.listen();
  return {
    ...{ upstream, proxy, base },
    close: async () => {
      await proxy.close(false);
      await upstream.close();
    },
  };
}

/** The endings that faults may have; `the answer` always may. */
const EXPLAINED: ReadonlySet<Ending> = new Set([
  "the answer",
  "the first round's answer",
  "the stream dies",
  "the stream ends, no terminal",
  "closed as the upstream closed it",
  "the upstream's own answer",
  "502",
]);

/** As with Codex, a new session is a new connection: a conversation does not grow for ever. */
const TURNS_A_SESSION = 20;

/** Lets clients ask until they are told to stop. @param seen is kept up to date while they do */
export async function crowd(
  base: string,
  { seed, clients, goesOn, pause = 0 }: CrowdOptions,
  seen: Seen,
): Promise<void> {
  const client = async (index: number): Promise<void> => {
    const id = `client ${index}`;
    const random = seeded(`${seed} ${id}`);
    const connected = (): Client => {
      if (index % 2 === 1) return socketClient(base, answered);
      return index % 4 === 0 ? jsonClient(base) : postClient(base);
    };
    let own = connected();
    for (let turn = 1; goesOn(); turn++) {
      if (turn % TURNS_A_SESSION === 0) {
        own.close();
        own = connected();
      }
      if (pause > 0) await sleep(random() * pause);
      const view = await own.ask(question(id)).view;
      const ending = endingOf(view);
      seen.turns++;
      seen.endings.set(ending, (seen.endings.get(ending) ?? 0) + 1);
      if (!EXPLAINED.has(ending)) seen.wrong.push(`${id}: ${ending}`);
      seen.wrong.push(...breachesOf(view, true).map((breach) => `${id}: ${breach}`));
    }
    own.close();
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
}

/** A ping goes all the way, behind whatever the upstream has sent. */
async function answered(socket: WebSocket): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  socket.ping();
  await new Promise<void>((resolve) => {
    const over = (): void => {
      socket.off("pong", over).off("close", over);
      resolve();
    };
    socket.on("pong", over).on("close", over);
  });
}

function question(text: string): JsonObject {
  return {
    model: "gpt-5.5",
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text }] }],
    reasoning: { effort: "high", summary: "auto" },
    store: false,
    include: ["reasoning.encrypted_content"],
  };
}

/** Every round goes wrong with that probability; which, and how, follows from the seed and its number alone. */
export function faultyScript(seed: string, share: number): (request: UpstreamRequest) => Answer {
  return (request) => {
    const random = seeded(`${seed} ${request.number}`);
    const events = roundFor(request, false);
    if (random() >= share) return events;
    const after = Math.floor(random() * events.length);
    const faults: Answer[] = [
      { events, fault: { kind: "reset", after } },
      { events, fault: { kind: "reset", after, midEvent: true } },
      { events, fault: closing(request, after) },
      { status: 503, headers: { "content-type": "text/html" }, body: "<html>Sorry</html>" },
      { events: [...events, ...events.slice(-1)] },
      { events, chunkBytes: 100 },
    ];
    return faults[Math.floor(random() * faults.length)] ?? events;
  };
}

function closing({ transport }: UpstreamRequest, after: number): Fault {
  return transport === "http" ? { kind: "close", after } : { kind: "close", after, code: 1011 };
}
