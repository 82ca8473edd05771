import { readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { from, lastValueFrom } from "rxjs";
import { collectResponse } from "../../src/operators/collectResponse.js";
import { createProxy } from "../../src/index.js";
import type { TurnReport } from "../../src/reports/turnReport.js";
import { loadRecordings } from "../../src/recordings/load/loadRecordings.js";
import { withoutCredentials } from "../../src/recordings/redaction/credentials.js";
import type { RecordedEvent, Recording } from "../../src/recordings/recording.js";
import { apiError, event, round, type Answer } from "../../src/testing/index.js";
import { open } from "../transport/support/client.js";
import { startProxy, type ProxySettings } from "../transport/support/proxy.js";
import { dataOf, runTurn, simulated, turnBody, turnRequest } from "../transport/support/turns.js";
import { httpUpstream } from "../transport/support/upstreams.js";
import { connect } from "../transport/websocket/support/client.js";
import { everythingIn, replaysTheSame, scratchFolder, textsOf } from "./support.js";

/** Marks what no recording may hold, and what a redacted one may not. */
const [CREDENTIAL, TEXT] = ["CR3DENTIAL", "S3CRET"];

const HEADERS = {
  authorization: `Bearer ${CREDENTIAL}`,
  cookie: `session=${CREDENTIAL}`,
  "chatgpt-account-id": CREDENTIAL,
  "x-codex-turn-metadata": JSON.stringify({ cwd: `/home/${CREDENTIAL}` }),
  "x-unheard-of": CREDENTIAL,
  "user-agent": "codex_exec/0.169.0",
};

const BODY = turnBody({
  instructions: `${TEXT} instructions`,
  input: [
    { type: "message", role: "user", content: [{ type: "input_text", text: `${TEXT} prompt – 最坏` }] },
  ],
  tools: [
    { type: "function", name: `${TEXT}_tool`, description: TEXT, parameters: { type: "object" } },
    {
      type: "mcp",
      server_label: TEXT,
      server_url: `https://me:${CREDENTIAL}@example.org/${TEXT}`,
      authorization: CREDENTIAL,
      headers: { "X-Key": CREDENTIAL },
    },
  ],
  prompt_cache_key: TEXT,
  client_metadata: { turn: TEXT, "x-codex-turn-state": CREDENTIAL },
});

const thinking = (tokens: number) => round().reasoning({ tokens, summary: [`${TEXT} thought 🧦`] });
const cut = thinking(516).message(`${TEXT} wrong`).functionCall(`${TEXT}_tool`, { path: TEXT }).completed();
const right = thinking(300).message(`${TEXT} right\n– 最坏`).completed();
const refusal = apiError(
  429,
  { type: "usage_limit_reached", message: `${TEXT} limit` },
  { "set-cookie": CREDENTIAL, "retry-after": "7" },
);
const responseMetadata = event("response.metadata", { headers: { "x-codex-turn-state": CREDENTIAL } }).data;

type Way = (base: string, body: string) => Promise<readonly string[]>;

const ways: Readonly<Record<string, readonly [Way, ProxySettings]>> = {
  http: [async (base, body) => dataOf((await runTurn(base, body, HEADERS)).text), {}],
  websocket: [overWebSocket, {}],
  bridge: [overWebSocket, { upstreamTransport: "sse" }],
  json: [asJson, {}],
};

async function asJson(base: string, body: string): Promise<readonly string[]> {
  // ChatGPT's backend, to which that id belongs, only streams.
  const { "chatgpt-account-id": _, ...headers } = HEADERS;
  return [(await runTurn(base, body.replace('"stream":true', '"stream":false'), headers)).text];
}

async function overWebSocket(base: string, body: string): Promise<readonly string[]> {
  const client = await connect(base, { headers: HEADERS });
  client.send(body.replace("{", '{"type":"response.create",'));
  await client.until("response.completed", "response.failed", "error").catch(() => {});
  client.socket.close();
  await client.closed;
  return client.received;
}

/** Runs one turn with the recorder on. */
async function recorded(way: string, script: readonly Answer[], settings: ProxySettings = {}) {
  const [run, usual] = ways[way] ?? [];
  const folder = join(await scratchFolder(), "recordings");
  const upstream = await simulated({
    script,
    headers: { "set-cookie": CREDENTIAL, "x-models-etag": "kept" },
  });
  const { proxy, url } = await startProxy(`${upstream.url}/v1`, { ...usual, ...settings, record: folder });
  const turns: TurnReport[] = [];
  proxy.turns$.subscribe((turn) => turns.push(turn));
  // The response repeats the tools, and with them a credential that the client itself has sent.
  const seen = ((await run?.(url, BODY)) ?? []).map(withoutCredentials);
  await proxy.close(true);
  const [recording, ...others] = await loadRecordings([folder]);
  expect(others).toEqual([]);
  return { recording: recording as Recording, seen, turns, folder };
}

const scripts: Readonly<Record<string, readonly Answer[]>> = {
  natural: [[responseMetadata, ...right]],
  folded: [cut, right],
  "folded twice": [cut, thinking(1034).message(TEXT).completed(), right],
  failed: [thinking(20).failed({ code: "server_is_overloaded", message: TEXT })],
  "cut off": [{ events: right, fault: { kind: "reset", after: 8 } }],
  "a continuation refused": [cut, refusal],
  "a continuation that dies": [cut, { events: right, fault: { kind: "reset", after: 5 } }],
  refused: [refusal],
};

describe.each(Object.keys(ways))("over %s", (way) => {
  describe.each([false, true])("redacted: %s", (recordRedact) => {
    test.each(Object.keys(scripts))(
      "%s: replays to what the client got, and holds no secret",
      async (name) => {
        const { recording, seen, turns, folder } = await recorded(way, scripts[name] ?? [], { recordRedact });

        expect(await replaysTheSame(recording)).toBe(true);
        expect(recording.missing).toEqual([]);
        expect(recording.turn).toMatchObject({ transport: way, id: turns[0]?.id, redacted: recordRedact });
        expect(recording.rounds.map(({ verdict }) => verdict?.usage)).toEqual(
          turns[0]?.rounds.map(({ usage }) => usage ?? null),
        );
        const everything = await everythingIn(folder);
        expect(everything).not.toContain(CREDENTIAL);
        expect(everything).toContain("codex_exec/0.169.0");
        expect(everything.includes(TEXT)).toBe(!recordRedact);
        // The client's own copy, but for what is no part of the response.
        if (recordRedact || name === "refused" || name === "natural") return;
        const { events = [], end } = recording.client ?? {};
        if (way !== "json") expect(textsOf(recording.client)).toEqual(seen);
        // What came before the upstream died is in nobody's events.
        else if (end?.how === "completed") expect(await responseIn(events)).toEqual(seen[0]);
      },
    );
  });
});

const responseIn = (events: readonly RecordedEvent[]): Promise<string> =>
  lastValueFrom(from(events.map(({ event }) => event)).pipe(collectResponse()));

describe("a recording", () => {
  test("has the upstream's events and the client's with times, heads and verdicts", async () => {
    const { recording, seen } = await recorded("http", [cut, right]);

    expect(JSON.parse(recording.request)).toMatchObject({
      model: "gpt-5.5",
      instructions: `${TEXT} instructions`,
    });
    const [first, second] = recording.rounds;
    expect(first?.head).toMatchObject({
      status: 200,
      headers: expect.arrayContaining(["x-models-etag", "kept"]),
    });
    expect(first?.verdict).toMatchObject({
      action: "continue",
      reason: "fingerprint",
      tier: 1,
      held: ["message", "function_call"],
    });
    expect(second?.verdict).toMatchObject({ action: "final", reason: "natural" });
    expect(recording.client?.end).toMatchObject({ how: "completed", stop: "natural" });
    expect(textsOf(recording.client)).toEqual(seen);
    const times = [first, second].flatMap((stream) => stream?.events.map(({ at }) => at ?? -1) ?? []);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.every((at) => at >= 0)).toBe(true);
  });

  test("of a refusal has its head and its body", async () => {
    const { recording } = await recorded("http", [refusal]);
    const [only] = recording.rounds;
    expect(only?.head).toEqual({ status: 429, headers: expect.arrayContaining(["retry-after", "7"]) });
    expect(JSON.parse(only?.body ?? "")).toMatchObject({
      error: { type: "usage_limit_reached", message: `${TEXT} limit` },
    });
    expect(recording.client?.end).toMatchObject({ how: "refused" });
  });

  test("of a client that leaves ends where it left, and replays so far", async () => {
    const folder = await scratchFolder();
    const upstream = await simulated({ script: [{ events: right, fault: { kind: "stall", after: 6 } }] });
    const { proxy, url } = await startProxy(upstream.url, { record: folder });
    const { request, response } = await open(url, turnRequest(BODY));
    let text = "";
    for await (const chunk of response) if (dataOf((text += String(chunk))).length >= 6) break;
    request.destroy();
    await proxy.close(true);

    const [recording] = await loadRecordings([folder]);
    expect(recording?.client?.end?.how).toBe("left");
    expect(recording?.rounds[0]?.end?.how).toBe("left");
    expect(await replaysTheSame(recording as Recording)).toBe(true);
  });

  test("of a process that crashed has what came, says what is missing, and replays so far", async () => {
    const { recording, folder } = await recorded("http", [cut, right]);
    const path = recording.name;
    const size = async (name: string) => (await stat(join(path, name))).size;
    await truncate(join(path, "round-2.sse"), Math.round((await size("round-2.sse")) * 0.6));
    await truncate(join(path, "client.sse"), Math.round((await size("client.sse")) * 0.5));

    const [rest] = await loadRecordings([folder]);
    expect(rest?.missing).toEqual([
      "round-2.sse ends before its round did",
      "client.sse ends before the turn did",
    ]);
    const events = textsOf(rest?.rounds[1]);
    expect(events.length).toBeGreaterThan(3);
    expect(events).toEqual(textsOf(recording.rounds[1]).slice(0, events.length));
    expect(await replaysTheSame(rest as Recording)).toBe(true);
  });

  test("with a verdict of the user's own replays without the user's function", async () => {
    const short = round().reasoning(40).message("short").completed();
    const { recording } = await recorded("http", [short, right], {
      fold: {
        continueWhen: ({ usage, round: number }) =>
          number === 1 && (usage?.reasoning ?? 0) < 100 && "too_short",
      },
    });
    expect(recording.rounds.map(({ verdict }) => verdict?.reason)).toEqual(["too_short", "natural"]);
    expect(await replaysTheSame(recording)).toBe(true);
  });

  test.each([
    ["held", []],
    ["shown live", ["gpt-5.5"]],
  ])("of an answer that was %s by the size of its reasoning replays so", async (_, liveModels) => {
    const small = round().reasoning({ tokens: 516, bytes: 729 }).message("shown early").completed();
    const { recording } = await recorded("http", [small, right], { fold: { liveModels } });
    expect(textsOf(recording.client).some((text) => text.includes("shown early"))).toBe(
      liveModels.length > 0,
    );
    expect(await replaysTheSame(recording)).toBe(true);
  });

  test("does not count what was repeated to keep a waiting client awake", async () => {
    const { recording } = await recorded("http", [cut, { events: right, firstDelayMs: 300 }], {
      fold: { keepAliveSeconds: 0.05 },
    });
    const repeated = recording.client?.events.filter(({ event: { framing } }) => framing?.repeated) ?? [];
    expect(repeated.map(({ event: { type } }) => type)).toContain("response.in_progress");
    expect(await replaysTheSame(recording)).toBe(true);
  });

  test("of a response written in lines keeps all of it", async () => {
    const text = `{\n "object": "response",\r\n "status": "completed",\r "output": [ {"type":\n"message"} ]\n}`;
    const folder = await scratchFolder();
    const upstream = await httpUpstream((request, response) => {
      request.resume();
      response.writeHead(200, { "content-type": "application/json" }).end(text);
    });
    const { proxy, url } = await startProxy(upstream.url, { record: folder });
    await asJson(url, turnBody());
    await proxy.close(true);
    const [recording] = await loadRecordings([folder]);
    expect(recording?.missing).toEqual([]);
    expect(await responseIn(recording?.client?.events ?? [])).toBe(text.replace(/\r\n?/g, "\n"));
    expect(await replaysTheSame(recording as Recording)).toBe(true);
  });

  test("replays by the options of its time", async () => {
    const { recording } = await recorded("http", [cut, thinking(1034).message("2").completed(), right], {
      fold: { maxContinue: 1, liveModels: [] },
    });
    expect(recording.client?.end?.stop).toBe("max_continue");
    expect(recording.turn?.live_limit).toBeNull();
    expect(await replaysTheSame(recording)).toBe(true);
  });
});

describe("what is not recorded", () => {
  test("prewarms; anything where it is not asked for", async () => {
    const folder = await scratchFolder();
    const upstream = await simulated({ script: [right, right] });
    const { proxy, url } = await startProxy(`${upstream.url}/v1`, { record: folder });
    const client = await connect(url);
    await client.turn(BODY.replace("{", '{"type":"response.create","generate":false,'));
    await client.turn(BODY.replace("{", '{"type":"response.create",'));
    await proxy.close(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test("a folder that cannot be written is one warning, and the turns go on", async () => {
    const upstream = await simulated({ script: [cut, right, right] });
    const { proxy, url } = await startProxy(upstream.url, { record: "/dev/null/recordings" });
    const notices: string[] = [];
    proxy.reports$.subscribe((report) => report.kind === "notice" && notices.push(report.text));
    expect((await runTurn(url, BODY)).text).toContain("right");
    expect((await runTurn(url, BODY)).text).toContain("right");
    await proxy.close(true);
    expect(notices).toEqual(["recording: ENOTDIR; turns go on, but not all of them are recorded"]);
  });

  test("filler needs a place, too", () => {
    expect(() => createProxy({ recordRedact: true })).toThrow(/record, which is not given/);
    expect(() => createProxy({ record: "" })).toThrow(/record must be a text that is not empty/);
  });
});
