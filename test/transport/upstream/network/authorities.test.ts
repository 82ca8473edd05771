import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { authorities } from "../../../../src/transport/upstream/network/authorities.js";
import { secureContext } from "../../../../src/transport/upstream/network/secureContext.js";
import { UnusableNetwork } from "../../../../src/transport/upstream/network/proxyUrl.js";
import { privateAuthority, type PrivateAuthority } from "./support/certificates.js";
import { startClients } from "./support/clients.js";
import { whyMissing } from "./support/programs.js";
import { tellingUpstream } from "./support/upstream.js";

const noOpenssl = whyMissing("openssl");
let one: PrivateAuthority;
let two: PrivateAuthority;
beforeAll(() => {
  if (noOpenssl) return;
  [one, two] = [privateAuthority(), privateAuthority()];
  return () => {
    one.remove();
    two.remove();
  };
});
beforeEach((context) => context.skip(noOpenssl !== undefined, noOpenssl));

describe("a private authority", () => {
  it.each([
    ["--ca-file", (path: string) => [{ caFile: path }, {}] as const],
    ["SSL_CERT_FILE", (path: string) => [{}, { SSL_CERT_FILE: path }] as const],
  ])("given by %s is trusted by POST, passthrough and WebSocket", async (_, given) => {
    const upstream = await tellingUpstream(one.server);
    const [settings, env] = given(one.caFile);
    const clients = await startClients({ upstream: upstream.base, ...settings }, env);
    const said = [await clients.post(), await clients.get(), await clients.webSocket()];
    await clients.close();
    await upstream.close();
    for (const answer of said) expect(answer).toContain("127.0.0.1");
  });

  it("is trusted besides those that Node knows, and every one in the file is", () => {
    const both = join(one.folder, "both.pem");
    const [first, second] = [readFileSync(one.caFile, "latin1"), readFileSync(two.caFile, "latin1")];
    writeFileSync(both, `# two of them\n${first}\nsome words\n${second}`);
    const create = vi.spyOn(tls, "createSecureContext");
    const trusted = authorities(both, {});
    expect(create).not.toHaveBeenCalled(); // before there is a connection
    secureContext(trusted);
    const ca = create.mock.calls[0]?.[0]?.ca as string[];
    create.mockRestore();
    expect(new Set(ca)).toEqual(new Set([...ca, ...tls.rootCertificates]));
    expect(ca.slice(-2)).toEqual([first.trim(), second.trim()]);
    expect(trusted.files).toMatchObject([{ path: both, source: "--ca-file" }]);
  });

  it("is not needed: without one, Node's own default stays", () => {
    expect(authorities(undefined, { SSL_CERT_FILE: "" }).files).toEqual([]);
  });
});

/** Node reads the variable when it starts: this takes a process, and what `npm test` builds. */
describe.skipIf(!existsSync("dist/cli.js"))("NODE_EXTRA_CA_CERTS", () => {
  it.each([
    ["alone", false],
    ["besides --ca-file", true],
  ])("%s is trusted by undici and ws", async (_, withCaFile) => {
    const upstreams = await Promise.all([tellingUpstream(one.server), tellingUpstream(two.server)]);
    const script = `
      import { once } from "node:events";
      import { WebSocket } from "ws";
      import { DEFAULT_PROXY_OPTIONS } from "./dist/transport/options.js";
      import { upstreamNetwork } from "./dist/transport/upstream/network/network.js";
      const [caFile, ...bases] = process.argv.slice(1);
      const options = { ...DEFAULT_PROXY_OPTIONS, caFile: caFile || undefined };
      const network = upstreamNetwork(options, process.env);
      for (const base of bases) {
        const { origin } = new URL(base);
        const { statusCode, body } = await (await network.dispatcher()).request({ origin, path: "/", method: "GET" });
        await body.dump();
        const url = new URL(origin.replace("https", "wss"));
        const socket = new WebSocket(url, { agent: await network.webSocketAgent(url) });
        const [data] = await once(socket, "message");
        console.log(statusCode, String(data));
        socket.terminate();
      }
      await network.close();`;
    const args = withCaFile
      ? [two.caFile, ...upstreams.map(({ base }) => base)]
      : ["", upstreams[0]?.base ?? ""];
    const { stdout, stderr } = spawn(
      process.execPath,
      ["--input-type=module", "--eval", script, "--", ...args],
      {
        env: { ...process.env, SSL_CERT_FILE: undefined, NODE_EXTRA_CA_CERTS: one.caFile },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const [said, complaints] = await Promise.all([text(stdout), text(stderr)]);
    await Promise.all(upstreams.map((upstream) => upstream.close()));
    expect([said, complaints]).toEqual(["200 127.0.0.1\n".repeat(withCaFile ? 2 : 1), ""]);
  });
});

describe("a CA file that cannot be used", () => {
  it.each([
    ["is not there", "missing.pem", undefined, "there is no such file"],
    ["is a folder", ".", undefined, "it is a folder"],
    ["is empty", "empty.pem", "", "there is no PEM certificate in it"],
    [
      "holds a key",
      "key.pem",
      "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
      "there is no PEM",
    ],
    [
      "is damaged",
      "bad.pem",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "number 1 is broken",
    ],
  ])("%s: an error that names it", (_, name, content, why) => {
    const path = join(one.folder, name);
    if (content !== undefined) writeFileSync(path, content);
    expect(() => authorities(path, {})).toThrow(UnusableNetwork);
    expect(() => authorities(path, {})).toThrow(`the CA file ${path} (--ca-file) cannot be used: `);
    expect(() => authorities(undefined, { SSL_CERT_FILE: path })).toThrow(`${path} (SSL_CERT_FILE)`);
    expect(() => authorities(path, {})).toThrow(why);
  });

  it("has a certificate that only its beginning is right of: whoever needs it is told", async () => {
    const path = join(one.folder, "hollow.pem");
    const [, der = ""] = /-----BEGIN CERTIFICATE-----([^-]*)/.exec(readFileSync(one.caFile, "latin1")) ?? [];
    const hollow = Buffer.from(der, "base64").fill(0, 4).toString("base64");
    writeFileSync(path, `-----BEGIN CERTIFICATE-----\n${hollow}\n-----END CERTIFICATE-----\n`);
    const upstream = await tellingUpstream(one.server);
    const clients = await startClients({ upstream: upstream.base, caFile: path });
    const said = [await clients.post(), await clients.get(), await clients.webSocket()];
    await clients.close();
    await upstream.close();
    for (const answer of said)
      expect(answer).toContain(
        `the CA file ${path} (--ca-file) cannot be used: its certificate number 1 is broken`,
      );
  });
});
