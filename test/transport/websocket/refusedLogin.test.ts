import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { JsonObject } from "../../../src/protocol/event.js";
import { apiError, round, simulatedUpstream } from "../../../src/testing/index.js";
import { refusedLogins } from "../../../src/transport/websocket/refusedLogins.js";
import { startProxy } from "../support/proxy.js";

/** An upstream that only takes POSTs, and only with the fresh token; and a proxy before it. */
async function bridged(): Promise<string> {
  const upstream = await simulatedUpstream({
    websocket: false,
    script: ({ headers }) =>
      headers.authorization === "Bearer fresh"
        ? round().message("21").completed()
        : apiError(401, { code: "token_expired" }),
  });
  onTestFinished(() => upstream.close());
  const { url } = await startProxy(`${upstream.url}/v1`, { upstreamTransport: "sse" });
  return `${url.replace(/^http/, "ws")}/responses`;
}

/** Connects. @returns the refusal's status and body, or the first event that answers a `response.create` */
async function attempt(url: string, token: string): Promise<[number, JsonObject]> {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  onTestFinished(() => socket.terminate());
  const refused = once(socket, "unexpected-response") as Promise<[unknown, IncomingMessage]>;
  const opened = once(socket, "open");
  const refusal = await Promise.race([refused, opened.then(() => undefined)]);
  if (refusal) return [refusal[1].statusCode ?? 0, JSON.parse(await text(refusal[1])) as JsonObject];
  const message = once(socket, "message") as Promise<[Buffer]>;
  socket.send(JSON.stringify({ type: "response.create", model: "gpt-5.5", input: "How many?" }));
  const event = JSON.parse((await message)[0].toString()) as JsonObject;
  if (event["type"] === "error") await once(socket, "close"); // or the client would go on using it
  return [101, event];
}

// Codex refreshes its token for the 401 of an upgrade, and not for one in a frame
test("a login that the upstream refuses over a bridge is refused at its next upgrades", async () => {
  const url = await bridged();
  const expired = { error: { code: "token_expired" } };

  expect(await attempt(url, "old")).toMatchObject([101, { type: "error", status: 401, ...expired }]);
  expect(await attempt(url, "other")).toMatchObject([101, { type: "error", status: 401 }]);
  expect(await attempt(url, "old")).toMatchObject([401, expired]);
  expect(await attempt(url, "old")).toMatchObject([401, expired]);
  expect(await attempt(url, "fresh")).toMatchObject([101, { type: "response.created" }]);
});

test("a refused login is asked about again after a while", async () => {
  let now = 0;
  const logins = refusedLogins(() => now);
  const body = Readable.from([Buffer.from("{}")]);
  await logins.note("Bearer old", { status: 401, statusText: "Unauthorized", headers: [], body });

  expect(logins.find("Bearer old")).toMatchObject({ status: 401 });
  expect(logins.find(undefined)).toBeUndefined();
  now = 10_000;
  expect(logins.find("Bearer old")).toBeUndefined();
});
