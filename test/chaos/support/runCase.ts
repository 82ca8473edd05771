import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { vi } from "vitest";
import { simulatedUpstream, type Answer, type UpstreamRequest } from "../../../src/testing/index.js";
import { DEFAULT_PROXY_OPTIONS, type ProxyOptions } from "../../../src/transport/options.js";
import { createProxyServer } from "../../../src/transport/proxy.js";
import { upstreamNetwork } from "../../../src/transport/upstream/network/network.js";
import { turnBody } from "../../transport/support/turns.js";
import { jsonClient, postClient, socketClient, type Client, type View } from "./clients.js";
import { faultProxy } from "./faultProxy.js";
import type { Fault } from "./faults.js";
import { indexOf, roundFor, type Phase } from "./phases.js";
import type { Transport } from "./transports.js";
import { breachesOf, endingOf, type Ending } from "./verdict.js";

/** One fault at one phase over one transport. */
export interface Case {
  readonly fault: Fault;
  readonly phase: Phase;
  readonly transport: Transport;
}

/** What came of it. */
export interface Result extends Case {
  readonly ending: Ending;
  /** Everything that was not as it must be. */
  readonly breaches: readonly string[];
}

export function nameOf({ fault, phase, transport }: Case): string {
  return `${fault.name} ${phase.name} (${transport})`;
}

/** A hang is a failure, not a wait. */
const PATIENCE_MILLISECONDS = 60_000;

/** Runs one turn into the fault, and another one after it on the same proxy. */
export async function runCase(the: Case): Promise<Result> {
  const { fault, phase, transport } = the;
  const breaches: string[] = [];
  const expect = (holds: boolean, what: string): void => void (holds || breaches.push(what));
  let armed = true;
  let strike = (): Promise<void> => Promise.resolve();

  const script = async (request: UpstreamRequest): Promise<Answer> => {
    const events = [...roundFor(request, phase.live === true)];
    if (!armed || phase.at === "upgrade" || phase.round !== (request.isContinuation ? 2 : 1)) return events;
    armed = false;
    const at = indexOf(phase, events);
    if (fault.answer) return fault.answer(events, at, transport);
    if (phase.at === "head") await strike();
    else return { events, before: ({ index }) => (index === at ? strike() : undefined) };
    return events;
  };

  // Inflating takes turns of the event loop that nothing here could wait for.
  const upstream = await simulatedUpstream({ script, compression: false });
  const between = await faultProxy(upstream.port);
  const defaults = DEFAULT_PROXY_OPTIONS;
  const isSilent = fault.name === "stall";
  const options: ProxyOptions = {
    ...defaults,
    ...{ port: 0, upstream: between.url },
    upstreamTransport: transport === "bridge" ? "sse" : "auto",
    timeouts: { ...defaults.timeouts, ...(isSilent && { firstByte: 1.5, idle: 1.5 }) },
  };
  // Without this machine's variables: no proxies, and no certificate authorities that each case would parse again.
  const proxy = createProxyServer(options, upstreamNetwork(options, {}));
  const settled = (): Promise<void> => between.settled(() => upstream.bytesSent);
  const bugs: string[] = [];
  proxy.reports$.subscribe((report) => {
    if (report.kind === "notice" && report.level === "error") bugs.push(report.text);
  });
  const base = await proxy.listen();
  const client: Client = clientOf(transport, base, settled);
  const question = JSON.parse(turnBody());

  try {
    const turn = client.ask(question);
    strike = async () => {
      await settled();
      if (fault.blow) await between.strike(fault.blow(nameOf(the)));
      if (fault.clock !== undefined) vi.setSystemTime(Date.now() + fault.clock);
      if (!fault.vanishes) return;
      turn.vanish();
      await between.dropped();
    };
    if (phase.at === "upgrade") between.holdFirst(() => strike());

    const view = await patiently(turn.view, "the turn");
    let ending = endingOf(view);
    breaches.push(
      ...breachesOf(
        view,
        fault.trailing?.(transport) === true && (transport === "WebSocket" || phase.live === true),
      ),
    );
    if (fault.vanishes) {
      await patiently(
        stopped(() => proxy.health().counters.open === 0),
        "the turn's end",
      );
      const aborted = upstream.requests.at(-1);
      if (aborted)
        expect(
          (await patiently(aborted.settled, "the upstream's turn")) === "aborted",
          "the upstream went on",
        );
      ending = "the upstream is stopped";
    }
    if (fault.blow?.("").kind === "restart") {
      const meanwhile = await patiently(client.ask(question).view, "the turn without an upstream");
      expect(endingOf(meanwhile) === "502", `without an upstream: ${endingOf(meanwhile)}`);
      await between.revive();
    }
    const next: View = await patiently(client.ask(question).view, "the next turn");
    expect(endingOf(next) === "the answer", `the next turn: ${endingOf(next)}`);
    breaches.push(...breachesOf(next, false).map((breach) => `the next turn: ${breach}`));
    expect(bugs.length === 0, bugs.join("\n"));
    expect(proxy.health().counters.open === 0, "a turn is still open");
    return { ...the, ending, breaches };
  } catch (error) {
    return { ...the, ending: `other: ${String(error)}`, breaches };
  } finally {
    vi.useRealTimers();
    client.close();
    await proxy.close(false);
    await between.close();
    await upstream.close();
  }
}

function clientOf(transport: Transport, base: string, settled: () => Promise<void>): Client {
  if (transport === "JSON") return jsonClient(base);
  return transport === "POST" ? postClient(base) : socketClient(base, settled);
}

async function patiently<T>(promise: Promise<T>, what: string): Promise<T> {
  const enough = new AbortController();
  const timeout = sleep(PATIENCE_MILLISECONDS, undefined, { signal: enough.signal }).then(() => {
    throw new Error(`${what} hangs`);
  });
  timeout.catch(() => {});
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    enough.abort();
  }
}

async function stopped(isOver: () => boolean): Promise<void> {
  while (!isOver()) await nextTurn();
}
