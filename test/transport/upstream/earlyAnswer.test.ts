import { Agent } from "node:http";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ask, type Asking } from "../support/client.js";
import { startProxy } from "../support/proxy.js";
import { turnBody, turnRequest } from "../support/turns.js";
import { privateAuthority, type PrivateAuthority } from "./network/support/certificates.js";
import { hastyUpstream, type HastyUpstreamOptions } from "./support/hastyUpstream.js";

// Megabytes, again and again.
vi.setConfig({ testTimeout: 60_000 });

const expired = JSON.stringify({ error: { message: "Your token has expired.", code: "token_expired" } });
const head = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\n";
const sized = `${head}content-length: ${expired.length}\r\n\r\n${expired}`;

let authority: PrivateAuthority;
beforeAll(() => (authority = privateAuthority()));
afterAll(() => authority.remove());

const MiB = 1024 * 1024;
const turn = (bytes: number): Asking => turnRequest(turnBody({ instructions: "x".repeat(bytes) }));
const upload = (bytes: number): Asking => ({
  method: "POST",
  path: "/v1/files",
  headers: { "content-length": bytes },
  // As Codex does. From one that wants it closed, the connection is closed behind an answer, too.
  agent: new Agent({ keepAlive: true }),
  body: Readable.from(Array.from({ length: bytes / 65_536 }, () => Buffer.alloc(65_536, "x"))),
});

/** Everything that clients saw, told apart. */
async function answersTo(
  asking: () => Asking,
  { tries, ...hasty }: Partial<HastyUpstreamOptions> & { tries: number },
): Promise<Set<string>> {
  const upstream = await hastyUpstream({ answer: sized, leave: "close", readFirst: 1000, ...hasty });
  const { url } = await startProxy(upstream, { caFile: authority.caFile });
  const seen = new Set<string>();
  for (let i = 0; i < tries; i++) {
    const { status, text, complete } = await ask(url, asking());
    seen.add(`${status} ${text}${complete ? "" : " and died"}`);
  }
  return seen;
}

const refused = new Set([`401 ${expired}`]);

describe("an answer that comes before the request has been read reaches the client", () => {
  it.each([
    ["a turn of 4 MiB", () => turn(4 * MiB), 3],
    ["a turn of 20 MiB", () => turn(20 * MiB), 1],
    ["an upload of 4 MiB", () => upload(4 * MiB), 3],
    ["an upload of 20 MiB", () => upload(20 * MiB), 1],
  ])("%s", async (_, asking, tries) => {
    expect(await answersTo(asking, { leave: "close", tries })).toEqual(refused);
    expect(await answersTo(asking, { leave: "reset", readFirst: 500_000, tries })).toEqual(refused);
    expect(await answersTo(asking, { leave: "stay", tries: 1 })).toEqual(refused);
  });

  it("over TLS", async () => {
    const { server: tls } = authority;
    expect(await answersTo(() => turn(4 * MiB), { tls, tries: 2 })).toEqual(refused);
    expect(await answersTo(() => upload(4 * MiB), { tls, tries: 2 })).toEqual(refused);
  });

  it.each([
    [
      "in chunks",
      `${head}transfer-encoding: chunked\r\n\r\n${expired.length.toString(16)}\r\n${expired}\r\n0\r\n\r\n`,
    ],
    ["up to the connection's end", `${head}\r\n${expired}`],
    [
      "that will not be kept",
      `${head}connection: close\r\ncontent-length: ${expired.length}\r\n\r\n${expired}`,
    ],
  ])("with a body %s", async (_, answer) => {
    expect(await answersTo(() => turn(4 * MiB), { answer, tries: 2 })).toEqual(refused);
    expect(await answersTo(() => upload(4 * MiB), { answer, tries: 2 })).toEqual(refused);
  });
});

describe("an upstream that takes half of a request and leaves", () => {
  it.each(["close", "reset"] as const)("by %s is a 502 at once", async (leave) => {
    const seen = await answersTo(() => turn(4 * MiB), { answer: "", leave, tries: 3 });
    expect([...seen].join()).toMatch(/^502 .*connection (reset|closed) by the upstream/);
    expect(seen.size).toBeLessThanOrEqual(2);
  });
});
