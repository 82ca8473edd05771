import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { rawConnection } from "../support/client.js";
import { startProxy } from "../support/proxy.js";
import { rawUpstream } from "../support/upstreams.js";

const body = JSON.stringify({ error: { type: "usage_limit_reached", resets_at: 1738888888 } });

/** Long enough for a head that is passed on by itself to arrive by itself; in milliseconds. */
const PAUSE = 50;

/** An upstream that refuses upgrades, and sends head and body apart. @param framing the header that frames the body */
async function refusingUpstream(framing: string, framed: string): Promise<string> {
  const server = createServer().on("upgrade", async (_, socket) => {
    socket.on("error", () => {});
    socket.write(
      `HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nx-limit: yes\r\n${framing}\r\n\r\n`,
    );
    await sleep(PAUSE);
    socket.write(framed.slice(0, 20));
    await sleep(PAUSE);
    socket.write(framed.slice(20));
  });
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

// Codex looks no further than the first piece
test.each([
  ["with its length", `content-length: ${body.length}`, body],
  ["in chunks", "transfer-encoding: chunked", `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
])(
  "a refused upgrade reaches the client in one piece, head and body, when it came %s",
  async (_, framing, framed) => {
    const { url } = await startProxy(await refusingUpstream(framing, framed));
    const client = connect(Number(new URL(url).port), "127.0.0.1");
    onTestFinished(() => void client.destroy());
    client.write(
      [
        "GET /v1/responses HTTP/1.1",
        `host: ${new URL(url).host}`,
        "connection: Upgrade",
        "upgrade: websocket",
        "sec-websocket-version: 13",
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
        "\r\n",
      ].join("\r\n"),
    );

    const [piece] = (await once(client, "data")) as [Buffer];

    const [head, rest] = piece.toString().split("\r\n\r\n");
    expect(head).toContain("HTTP/1.1 429 Too Many Requests\r\n");
    expect(head).toContain("x-limit: yes");
    expect(head).toContain(`content-length: ${body.length}`);
    expect(rest).toBe(body);
  },
);

test("a refusal whose body breaks off breaks off for the client too, and ends nothing else", async () => {
  const upstream = await rawUpstream((socket) => {
    socket.write("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 100\r\n\r\nhalf of it");
    setTimeout(() => socket.destroy(), PAUSE);
  });
  const { url } = await startProxy(`${upstream.url}/v1`);
  const client = await rawConnection(url);
  client.write(
    `GET /v1/responses HTTP/1.1\r\nhost: ${new URL(url).host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );

  const seen = await client.closed();

  expect(seen).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
  expect(seen).toMatch(/content-length: 100\r\n[^]*\r\n\r\nhalf of it$/);
});
