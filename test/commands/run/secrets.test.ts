import { once } from "node:events";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { WebSocket } from "ws";
import { describe, expect, it } from "vitest";
import { commands } from "../../../src/commands/index.js";
import { dispatch } from "../../../src/commands/dispatch.js";
import { apiError, round, type Answer, type Reply } from "../../../src/testing/index.js";
import { ask, begin, rawConnection, type Asking } from "../../transport/support/client.js";
import { simulated, turnBody, turnRequest } from "../../transport/support/turns.js";
import { freePort } from "../../transport/support/upstreams.js";
import { scratchHome } from "../scratchHome.js";

/** Whatever must not be told is marked with this. */
const MARK = "S3CRET";

const thinking = { summary: [`${MARK} thought`], tokens: 516 };
const cut = round().reasoning(thinking).message(`${MARK} wrong answer`).functionCall("shell", { arg: MARK });
const answer = round()
  .reasoning({ ...thinking, tokens: 600 })
  .message(`${MARK} answer`);
const refusal = (status: number): Reply =>
  apiError(status, { message: `${MARK} refusal` }, { "set-cookie": `s=${MARK}`, "x-request-id": "req_1" });

/** What the upstream says to round 1, and to continuations. */
const cases: Readonly<Record<string, readonly [Answer, Answer?]>> = {
  natural: [answer.completed()],
  folded: [cut.completed(), answer.completed()],
  failed: [answer.failed({ code: "server_error", message: `${MARK} failure` })],
  incomplete: [answer.incomplete()],
  error: [answer.errorEvent({ code: "rate_limit_exceeded", message: `${MARK} error` })],
  "refused with 400": [refusal(400)],
  "refused with 401": [refusal(401)],
  "refused with 429": [refusal(429)],
  "refused with a page": [{ status: 503, headers: { "content-type": "text/html" }, body: `<p>${MARK}</p>` }],
  reset: [{ events: answer.completed(), fault: { kind: "reset", after: 8, midEvent: true } }],
  closed: [{ events: answer.completed(), fault: { kind: "close", after: 8 } }],
  garbage: [
    {
      events: answer.completed(),
      fault: { kind: "garbage", after: 4, bytes: Buffer.from(`\n\n${MARK}\n\n`) },
    },
  ],
  "no JSON": [
    [`{"type":"response.created", ${MARK}`, `{"type":"response.output_item.done","item":"${MARK}"}`, MARK],
  ],
  "continuation refused": [cut.completed(), refusal(400)],
  "continuation reset": [cut.completed(), { events: answer.completed(), fault: { kind: "reset", after: 5 } }],
  "continuation without end": [cut.completed(), answer.cut()],
  "continuation failed": [cut.completed(), answer.failed({ code: "server_error", message: MARK })],
  silent: [{ events: answer.completed(), fault: { kind: "stall", after: 6 } }],
};

/** A WebSocket outlives what ends a POST. */
const endless = new Set(["silent", "no JSON", "continuation without end"]);

const credentials = {
  authorization: `Bearer ${MARK}`,
  cookie: `session=${MARK}`,
  "chatgpt-account-id": `${MARK}-account`,
  "x-codex-turn-metadata": JSON.stringify({ cwd: `/home/${MARK}` }),
};

const body = turnBody({
  instructions: `${MARK} instructions`,
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: `${MARK} prompt` }] }],
  tools: [{ type: "function", name: "shell", description: MARK }],
  prompt_cache_key: MARK,
  client_metadata: { turn: MARK },
});

interface Talk {
  readonly format: string;
  /** Towards the upstream. */
  readonly transport: string;
}

/** Runs the program within this process at its most talkative. */
async function talkative(upstream: string, { format, transport }: Talk) {
  const home = await scratchHome();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let said = "";
  for (const stream of [stdout, stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const stop = new AbortController();
  const args = ["--port", "0", "--upstream", upstream, "--log-level", "debug", "--log-format", format];
  args.push("--upstream-transport", transport);
  const limits = ["--idle-timeout", "0.3", "--first-byte-timeout", "0.3", "--proxy", "none"];
  const code = dispatch([...args, ...limits], commands, {
    stdout,
    stderr,
    env: home.env,
    signal: stop.signal,
  });
  while (!said.includes("openai_base_url")) await once(stderr, "data");
  const url = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(said)?.[0] ?? "";
  return {
    url,
    /** Stops it. @returns all that it has told anyone but its client, on purpose or not */
    async told(): Promise<string> {
      const health = await ask(url, { path: "/healthz" });
      const metrics = await ask(url, { path: "/metrics" });
      expect(metrics.text).toContain("codexcomp_turns_total");
      stop.abort();
      expect(await code).toBe(0);
      const files = await Promise.all((await home.files()).map((name) => home.read(name)));
      return [said, health.text, metrics.text, ...files].join("\n");
    },
  };
}

/** A turn over a WebSocket. @returns all that came until its end, or the refusal's status */
async function overWebSocket(url: string, name: string): Promise<string> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/responses`, {
    headers: { ...credentials, "x-case": name },
  });
  let received = "";
  return new Promise((resolve) => {
    socket.on("unexpected-response", (_, response) => resolve(String(response.statusCode)));
    socket.on("error", () => {});
    socket.on("open", () => socket.send(body.replace("{", '{"type":"response.create",')));
    socket.on("close", () => resolve(received));
    socket.on("message", (data: Buffer) => {
      received += data.toString();
      if (/"type":"(response\.(completed|failed|incomplete)|error)"/.test(data.toString())) socket.close();
    });
  });
}

/** Says what may be wrong, and leaves when the last of it has been answered. */
async function saidOverWebSocket(url: string, frames: readonly string[]): Promise<void> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/responses`, { headers: credentials });
  await once(socket, "open");
  for (const frame of frames) socket.send(frame);
  await new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => data.includes('"type":"error"') && resolve());
    socket.on("close", () => resolve());
  });
  socket.terminate();
}

describe.each([
  { format: "text", transport: "auto" },
  { format: "json", transport: "auto" },
  { format: "text", transport: "sse" },
])("nothing that is marked is told in $format, upstream by $transport", (talk) => {
  it("whatever the upstream answers", async () => {
    const upstream = await simulated({
      script: ({ headers, isContinuation }) => cases[String(headers["x-case"])]?.[isContinuation ? 1 : 0],
      websocket: ({ headers }) => (headers["x-case"] === "refused with 401" ? refusal(401) : undefined),
      models: { status: 500, body: `${MARK} models` },
      headers: { "set-cookie": `s=${MARK}`, "x-codex-turn-state": MARK },
    });
    const run = await talkative(upstream.url.replace("//", `//${MARK}:${MARK}@`), talk);

    let received = "";
    for (const name of Object.keys(cases)) {
      received += (await ask(run.url, turnRequest(body, { ...credentials, "x-case": name }))).text;
      if (!endless.has(name)) received += await overWebSocket(run.url, name);
    }
    received += (await ask(run.url, { path: `/v1/models?key=${MARK}`, headers: credentials })).text;

    expect(received.split(MARK).length).toBeGreaterThan(Object.keys(cases).length);
    const told = await run.told();
    for (const words of [
      "-> continue",
      "-> clean",
      "HTTP 429",
      "no_terminal",
      "continuation_failed",
      "status=rejected",
    ]) {
      expect(told).toContain(words);
    }
    expect(told.match(/done: /g)?.length).toBeGreaterThan(Object.keys(cases).length);
    expect(told).not.toContain(MARK);
  }, 30_000);

  it("whatever is wrong with the request", async () => {
    const upstream = await simulated({ script: [] });
    const run = await talkative(upstream.url, talk);
    const post = (fields: Partial<Asking>): Asking => ({ ...turnRequest(body, credentials), ...fields });
    const wrong: Asking[] = [
      post({ body: `{"input":"${MARK}` }),
      post({ body: `${MARK} is no JSON` }),
      post({ headers: { ...credentials, "content-encoding": "gzip" } }),
      post({ body: gzipSync(MARK), headers: { ...credentials, "content-encoding": "gzip" } }),
      post({ headers: { ...credentials, "content-encoding": "zstd" } }),
      post({ headers: { ...credentials, origin: `https://evil.example` } }),
      post({ headers: { ...credentials, host: `evil.example` } }),
      post({ headers: { ...credentials, "sec-fetch-site": "cross-site" } }),
      post({ path: `/v1/../x?${MARK}` }),
      post({ path: `/nowhere?${MARK}` }),
    ];
    for (const asking of wrong) expect((await ask(run.url, asking)).status).toBeLessThan(500);
    await saidOverWebSocket(run.url, [
      `${MARK} is no JSON`,
      `{"type":"response.steer","previous_response_id":"${MARK}","input":"${MARK}"}`,
      `{"type":"response.create","previous_response_id":"${MARK}","model":"gpt-5.5","input":"${MARK}"}`,
    ]);
    const client = await rawConnection(run.url);
    client.write(`GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization ${MARK}\r\n\r\n`);
    await client.closed();
    begin(run.url, post({ headers: { ...credentials, "content-length": 9999 } })).destroy();

    const told = await run.told();
    expect(told).toContain("not valid JSON");
    expect(told).toContain("evil.example");
    expect(told).not.toContain(MARK);
  });

  it.each(["http", "https"])("when nobody can be reached by %s", async (scheme) => {
    const run = await talkative(`${scheme}://${MARK}:${MARK}@127.0.0.1:${await freePort()}/v1?${MARK}`, talk);
    for (const asking of [
      turnRequest(body, credentials),
      { path: `/v1/models?${MARK}`, headers: credentials },
    ]) {
      expect((await ask(run.url, asking)).text).toContain("ECONNREFUSED");
    }
    await overWebSocket(run.url, "natural");
    const told = await run.told();
    expect(told).toContain("connection refused");
    expect(told).not.toContain(MARK);
  });
});
