import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { liveFeed } from "../../../src/commands/page/server/liveFeed.js";
import { messageOf } from "../../../src/commands/page/server/messages.js";
import { pageRoutes, type PageRoutesOptions } from "../../../src/commands/page/server/pageRoutes.js";
import { readPageFile } from "../../../src/commands/page/server/pageFile.js";
import { keepToken, readToken } from "../../../src/commands/page/server/token.js";
import { vitals } from "../../../src/commands/page/server/vitals.js";
import type { Message } from "../../../src/page/messages.js";
import type { Live } from "../../../src/page/state/live.js";
import { round } from "../../../src/testing/index.js";
import type { ProxyServer } from "../../../src/transport/proxy.js";
import { NEVER, filter, map, type Observable } from "rxjs";
import { ask, open } from "../../transport/support/client.js";
import { startProxy } from "../../transport/support/proxy.js";
import { runTurn, simulated, turnBody } from "../../transport/support/turns.js";
import { scratchHome } from "../scratchHome.js";

const natural = round().reasoning(291).message("a secret answer").completed();
const truncated = round()
  .reasoning(516)
  .functionCall("shell", { command: ["ls"] })
  .completed();

const page = { html: "<script>1</script>", policy: "default-src 'none'" };

/** A proxy with the page, whose history and logs are the test's. */
async function served(
  script: Parameters<typeof simulated>[0]["script"] = [truncated, natural],
  more: Partial<PageRoutesOptions> = {},
  messages: (proxy: ProxyServer) => Observable<Message> = heard,
) {
  const upstream = await simulated({ script });
  const { url, proxy } = await startProxy(upstream.url);
  const feed = liveFeed(messages(proxy), { every: 20 });
  proxy.serveLocally(
    pageRoutes({
      feed,
      vitals$: NEVER,
      program: { version: "1", node: "20", upstream: "auto", startedAt: 0, journal: true },
      history: () => Promise.resolve({ at: 7, warnings: [] }),
      scan: () => {},
      readPage: () => Promise.resolve(page),
      ...more,
    }),
  );
  return { url, proxy, feed };
}

function heard(proxy: ProxyServer): Observable<Message> {
  return proxy.reports$.pipe(
    map((report) => messageOf(report)),
    filter((message) => message !== undefined),
  );
}

interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** An open event stream, read event by event. */
async function listening(url: string, path = "/events", headers: Record<string, string> = {}) {
  const { request, response } = await open(url, { path, headers });
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => (text += chunk));
  const next = async (): Promise<Heard> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      const block = text.slice(0, end);
      if (end >= 0) text = text.slice(end + 2);
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s)));
      if (end >= 0 && fields["data"])
        return { id: fields["id"] ?? "", event: fields["event"] ?? "", data: JSON.parse(fields["data"]) };
      if (end < 0) await once(response, "data");
    }
  };
  return { request, response, next };
}

/** Reads messages until one of a kind. */
async function until(next: () => Promise<Heard>, kind: string): Promise<Message[]> {
  const all: Message[] = [];
  while (!all.some((message) => message.kind === kind)) all.push(...((await next()).data as Message[]));
  return all;
}

describe("GET /events", () => {
  it("tells everything up to now, then what happens", async () => {
    const { url } = await served();
    const { response, next } = await listening(url);
    expect(response.headers["content-type"]).toBe("text/event-stream");
    const first = await next();
    expect(first).toMatchObject({
      event: "snapshot",
      data: { program: { version: "1" }, live: { running: [] } },
    });

    await runTurn(url);
    const kinds = (await until(next, "turn")).map((message) =>
      message.kind === "phase" ? message.phase : message.kind,
    );
    expect(kinds).toEqual(["turn_started", "holding", "round", "thinking", "holding", "round", "turn"]);
    const late = await (await listening(url)).next();
    expect((late.data as { live: Live }).live).toMatchObject({
      running: [],
      finished: [
        {
          model: "gpt-5.5",
          effort: "high",
          transport: "http",
          rounds: [{ end: { tier: 1, continues: true } }, {}],
        },
      ],
    });
  });

  it("never has a word of what was said", async () => {
    const { url } = await served();
    await runTurn(url, turnBody({ input: [{ role: "user", content: "a secret question" }] }), {
      authorization: "Bearer a-secret-key",
    });
    const { text } = await ask(url, { path: "/history" });
    const { data } = await (await listening(url)).next();
    expect(JSON.stringify(data)).toContain("gpt-5.5");
    expect(JSON.stringify(data) + text).not.toMatch(/secret|How many|shell|command/);
  });

  it.each(["header", "URL"])("goes on where a page stopped that says so in the %s", async (where) => {
    const { url } = await served([natural, natural]);
    const before = await listening(url);
    await before.next();
    await runTurn(url);
    const ids: string[] = [];
    for (let over = false; !over;) {
      const { id, data } = await before.next();
      ids.push(id);
      over = (data as Message[]).some(({ kind }) => kind === "turn");
    }
    before.request.destroy();
    await runTurn(url);

    const id = ids.at(-1) ?? "";
    const after =
      where === "URL"
        ? await listening(url, `/events?after=${id}`)
        : await listening(url, "/events", { "last-event-id": id });
    const missed = await until(after.next, "turn");
    expect(missed[0]?.kind).toBe("turn_started");
    expect(missed.filter(({ kind }) => kind === "turn")).toHaveLength(1);
  });

  it("begins anew for a page that was here before a restart", async () => {
    const { url } = await served();
    const { next } = await listening(url, "/events?after=another-17");
    expect((await next()).event).toBe("snapshot");
  });

  it("ends with the proxy, which does not wait for pages", async () => {
    const { url, proxy } = await served();
    const { response, next } = await listening(url);
    await next();
    response.on("error", () => {});
    const closed = once(response, "close");
    await proxy.close();
    await closed;
  });
});

describe("the page's other addresses", () => {
  it("are the page, its history, and the start of a scan", async () => {
    let scans = 0;
    const { url } = await served([], { scan: () => scans++ });
    const home = await ask(url, { path: "/" });
    expect(home).toMatchObject({ status: 200, text: page.html });
    expect(home.headers).toMatchObject({
      "content-security-policy": page.policy,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(JSON.parse((await ask(url, { path: "/history" })).text)).toEqual({ at: 7, warnings: [] });
    expect((await ask(url, { path: "/scan", method: "POST" })).status).toBe(202);
    expect(scans).toBe(1);
  });

  it.each([
    ["POST", "/", 405],
    ["GET", "/scan", 405],
    ["GET", "/elsewhere", 404],
  ])("%s %s is answered %i", async (method, path, status) => {
    const { url } = await served();
    expect((await ask(url, { path, method })).status).toBe(status);
  });

  it.each(["/", "/events", "/history", "/scan"])("%s is not for other sites", async (path) => {
    const { url } = await served();
    const method = path === "/scan" ? "POST" : "GET";
    const { host } = new URL(url);
    for (const headers of [{ host, origin: "https://evil.example" }, { host: "evil.example" }])
      expect((await ask(url, { path, method, headers })).status).toBe(403);
  });

  it.each(["/", "/events", "/history"])("%s needs the token, where there is one", async (path) => {
    const { url } = await served([], { token: "the-token" });
    expect((await ask(url, { path })).status).toBe(403);
    expect((await ask(url, { path: `${path}?token=another` })).status).toBe(403);
    const { request, response } = await open(url, { path: `${path}?token=the-token` });
    expect(response.statusCode).toBe(200);
    request.destroy();
  });

  it("say what to do where the page was not built", async () => {
    const { url } = await served([], { readPage: () => readPageFile(new URL("file:///nowhere/page.html")) });
    const { status, text } = await ask(url, { path: "/" });
    expect(status).toBe(500);
    expect(text).toContain("npm run build");
  });
});

describe("the token", () => {
  it("is made once, for this user's eyes", async () => {
    const { path } = await scratchHome();
    const folder = join(path, "state");
    expect(await readToken(folder)).toBeUndefined();
    const token = await keepToken(folder);
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(await keepToken(folder)).toBe(token);
    expect(await readToken(folder)).toBe(token);
    if (process.platform !== "win32")
      expect((await stat(join(folder, "page-token"))).mode & 0o777).toBe(0o600);
  });
});

it("how the process is, is read only while somebody listens", async () => {
  const extraTokens = { spent: 1, limit: 2 };
  const reading = vitals(() => ({ counters: { turns: 3 }, extraTokens }));
  const first = await new Promise((resolve) => {
    const subscription = reading.subscribe((value) => {
      resolve(value);
      queueMicrotask(() => subscription.unsubscribe());
    });
  });
  expect(first).toMatchObject({
    counters: { turns: 3 },
    extraTokens,
    memory: expect.any(Number),
    delay: { p50: expect.any(Number) },
  });
});
