import { concat, defer, map, of, takeWhile, tap } from "rxjs";
import { describe, expect, test } from "vitest";
import type { CustomOperator } from "../../src/operators/customOperators.js";
import type { UserOperators } from "../../src/operators/userOperators.js";
import { withValue } from "../../src/protocol/withValue.js";
import type { Report } from "../../src/reports/turnReport.js";
import { completed } from "../../src/testing/events.js";
import { round, type SimulatedUpstreamOptions } from "../../src/testing/index.js";
import { open } from "./support/client.js";
import { deferred } from "./support/deferred.js";
import { startProxy, type ProxySettings } from "./support/proxy.js";
import { dataOf, runTurn, simulated, turnRequest } from "./support/turns.js";
import { connect, typeOf } from "./websocket/support/client.js";
import { answerOf, createFrame } from "./websocket/support/frames.js";

const cut = round().reasoning(516).message("wrong").completed();
const whole = round().reasoning(302).message("right").completed();
const plain = round().message("hello there").completed();

interface Way {
  readonly transport: string;
  readonly settings: ProxySettings;
  /** Runs turns one after the other, on one connection where there is one. @returns each one's events */
  readonly turns: (url: string, count: number) => Promise<string[][]>;
}

const overPost: Way["turns"] = async (url, count) => {
  const turns: string[][] = [];
  for (let i = 0; i < count; i++) turns.push(dataOf((await runTurn(url)).text));
  return turns;
};
const overWebSocket: Way["turns"] = async (url, count) => {
  const client = await connect(url);
  const turns: string[][] = [];
  for (let i = 0; i < count; i++) turns.push(await client.turn(createFrame()));
  return turns;
};
const ways: Way[] = [
  { transport: "http", settings: {}, turns: overPost },
  { transport: "websocket", settings: {}, turns: overWebSocket },
  { transport: "bridge", settings: { upstreamTransport: "sse" }, turns: overWebSocket },
];

/** A proxy with operators, before an upstream with a script. */
async function proxied(
  script: SimulatedUpstreamOptions["script"],
  operators: UserOperators,
  settings: ProxySettings = {},
) {
  const upstream = await simulated({ script });
  const { url, proxy, options } = await startProxy(`${upstream.url}/v1`, { operators, ...settings });
  const reports: Report[] = [];
  proxy.reports$.subscribe((report) => reports.push(report));
  const notices = () => reports.flatMap((report) => (report.kind === "notice" ? [report.text] : []));
  return { url, proxy, options, notices };
}

const shout: CustomOperator = () =>
  map((event) => {
    if (event.type !== "response.output_item.done" || !event.data.includes('"message"')) return event;
    const content = (event.json?.["item"] as { content: { text: string }[] }).content;
    return withValue(event, ["item", "content", 0, "text"], content[0]?.text.toUpperCase());
  });

const broken: CustomOperator = () =>
  map((event) => {
    if (event.type.endsWith(".delta")) throw new Error("broken");
    return event;
  });

describe.each(ways)("operators over $transport", ({ transport, settings, turns }) => {
  test("change what the client gets, folded or not", async () => {
    const { url } = await proxied([plain, cut, whole], { response: [shout] }, settings);
    expect((await turns(url, 2)).map(answerOf)).toEqual(["HELLO THERE", "RIGHT"]);
  });

  test("see each upstream round", async () => {
    const seen: string[] = [];
    const look: CustomOperator = (context) => {
      seen.push(`${context.transport} ${context.model} ${context.round}`);
      return tap();
    };
    const { url } = await proxied([cut, whole], { round: [look] }, settings);
    await turns(url, 1);
    expect(seen).toEqual([`${transport} gpt-5.5 1`, `${transport} gpt-5.5 2`]);
  });

  test("that fail lose the client nothing, and are logged", async () => {
    const with_ = await proxied([cut, whole], { round: [broken], response: [broken] }, settings);
    const without = await proxied([cut, whole], {}, settings);
    const [given] = await turns(with_.url, 1);
    const [expected] = await turns(without.url, 1);

    expect(given?.map(typeOf)).toEqual(expected?.map(typeOf));
    expect(answerOf(given ?? [])).toBe("right");
    expect(with_.notices()).toEqual([expect.stringMatching(/^the operator broken failed \(Error at .*\)/)]);
  });

  test("that end a response early leave nothing of it for the next turn", async () => {
    const stop: CustomOperator = () => (events) =>
      concat(
        events.pipe(takeWhile(({ type }) => type !== "response.output_text.delta")),
        defer(() => of(completed())),
      );
    const { url, proxy } = await proxied([plain, whole], { response: [stop] }, settings);
    const ended: string[] = [];
    proxy.turns$.subscribe(({ outcome, stop }) => ended.push(`${outcome} ${stop}`));
    const [first, second] = await turns(url, 2);
    expect(ended).toEqual(["completed ended_by_operator", "completed ended_by_operator"]);

    for (const events of [first ?? [], second ?? []]) {
      expect(typeOf(events[0] ?? "")).toBe("response.created");
      expect(typeOf(events.at(-1) ?? "")).toBe("response.completed");
      expect(events.join("")).not.toMatch(/output_text.delta|hello|right/);
    }
  });

  test("are told when the client leaves", async () => {
    const left = deferred();
    const begun = deferred();
    const watch: CustomOperator = ({ signal }) => {
      signal.addEventListener("abort", () => left.resolve());
      begun.resolve();
      return tap();
    };
    const stalled = { events: plain, fault: { kind: "stall", after: 3 } } as const;
    const { url } = await proxied([stalled], { response: [watch] }, settings);

    if (transport === "http") {
      const { request } = await open(url, turnRequest());
      await begun.promise;
      request.destroy();
    } else {
      const client = await connect(url);
      client.send(createFrame());
      await begun.promise;
      client.socket.terminate();
    }
    await left.promise;
  });

  test("may be exchanged: for later turns, on open connections too", async () => {
    const exchange: CustomOperator = () =>
      tap(({ type }) => {
        if (type.endsWith(".delta")) proxy.reconfigure({ ...options, operators: {} });
      });
    const operators = { round: [exchange], response: [shout] };
    const { url, proxy, options } = await proxied([plain, plain], operators, settings);

    expect((await turns(url, 2)).map(answerOf)).toEqual(["HELLO THERE", "hello there"]);
  });
});
