import { once } from "node:events";
import { connect, type AddressInfo, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { privateAuthority, type PrivateAuthority } from "./support/certificates.js";
import { startClients, type Clients } from "./support/clients.js";
import { freePort } from "../../support/upstreams.js";
import { microsocks, tinyproxy, users, whyMissing, type RunningProxy } from "./support/programs.js";
import { tellingUpstream, type TellingUpstream } from "./support/upstream.js";

const missing = {
  openssl: whyMissing("openssl"),
  tinyproxy: whyMissing("tinyproxy"),
  microsocks: whyMissing("microsocks"),
};

let authority: PrivateAuthority;
let secure: TellingUpstream;
let plain: TellingUpstream;
const proxies = new Map<string, RunningProxy>();
let tlsBeforeTinyproxy: Server | undefined;

beforeAll(async () => {
  if (missing.openssl) return;
  authority = privateAuthority();
  secure = await tellingUpstream(authority.server);
  plain = await tellingUpstream();
  if (!missing.tinyproxy) {
    proxies.set("tinyproxy", await tinyproxy(authority.folder));
    proxies.set("tinyproxy with user", await tinyproxy(authority.folder, true));
    tlsBeforeTinyproxy = await tlsBefore(portOf("tinyproxy"), authority.server);
  }
  if (!missing.microsocks) {
    proxies.set("microsocks", await microsocks());
    proxies.set("microsocks with user", await microsocks(true));
  }
});

afterAll(async () => {
  await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
  tlsBeforeTinyproxy?.close();
  await secure?.close();
  await plain?.close();
  authority?.remove();
});

describe.each([
  ["tinyproxy", "tinyproxy", () => `http://127.0.0.1:${portOf("tinyproxy")}`],
  [
    "tinyproxy with user",
    "tinyproxy",
    () => `http://${users.tinyproxy}@127.0.0.1:${portOf("tinyproxy with user")}`,
  ],
  [
    "tinyproxy",
    "tinyproxy",
    () => `https://localhost:${(tlsBeforeTinyproxy?.address() as AddressInfo).port}`,
  ],
  ["microsocks", "microsocks", () => `socks5://127.0.0.1:${portOf("microsocks")}`],
  ["microsocks", "microsocks", () => `socks5h://localhost:${portOf("microsocks")}`],
  [
    "microsocks with user",
    "microsocks",
    () => `socks5h://${users.microsocks}@127.0.0.1:${portOf("microsocks with user")}`,
  ],
] as const)("through %s", (name, program, url) => {
  let clients: Clients;
  beforeEach(async (context) => {
    const why = missing.openssl ?? missing[program];
    context.skip(why !== undefined, why);
    return () => clients.close();
  });

  it("POST, passthrough and WebSocket reach an upstream with TLS, by the proxy", async () => {
    clients = await startClients({ upstream: secure.base, proxy: url(), caFile: authority.caFile });
    const from = proxies.get(name)?.from;
    expect(await clients.post()).toContain(`"from":"${from}"`);
    expect(await clients.get()).toContain(`"from":"${from}"`);
    expect(await clients.webSocket()).toBe(from);
  });

  it("and one without", async () => {
    clients = await startClients({ upstream: plain.base, proxy: url(), caFile: authority.caFile });
    const from = proxies.get(name)?.from;
    expect(await clients.post()).toContain(`"from":"${from}"`);
    expect(await clients.get()).toContain(`"from":"${from}"`);
    expect(await clients.webSocket()).toBe(from);
  });
});

describe.each([
  {
    when: "the HTTP proxy wants a user",
    program: "tinyproxy",
    proxy: () => `http://127.0.0.1:${portOf("tinyproxy with user")}`,
    words: "wants a user name and password (407)",
  },
  {
    when: "the HTTP proxy knows another password",
    program: "tinyproxy",
    proxy: () => `http://me:secret@127.0.0.1:${portOf("tinyproxy with user")}`,
    words: "does not accept the user name and password (401)",
  },
  {
    when: "the SOCKS proxy wants a user",
    program: "microsocks",
    proxy: () => `socks5://127.0.0.1:${portOf("microsocks with user")}`,
    words: "wants a user name and password",
  },
  {
    when: "the SOCKS proxy knows another password",
    program: "microsocks",
    proxy: () => `socks5h://me:secret@127.0.0.1:${portOf("microsocks with user")}`,
    words: "does not accept the user name and password",
  },
] as const)("where $when", ({ program, proxy, words }) => {
  it("every failure names the proxy, and no credentials", async (context) => {
    const why = missing.openssl ?? missing[program];
    context.skip(why !== undefined, why);
    const clients = await startClients({ upstream: secure.base, proxy: proxy(), caFile: authority.caFile });
    const failures = [await clients.post(), await clients.get(), await clients.webSocket()];
    await clients.close();
    const { protocol, host } = new URL(proxy());
    for (const failure of failures) {
      expect(failure).toContain(`the proxy ${protocol}//${host} (--proxy) ${words}`);
      expect(failure).not.toContain("secret");
    }
  });
});

describe.each([
  { program: "tinyproxy", proxy: () => `http://127.0.0.1:${portOf("tinyproxy")}`, code: "(500)" },
  {
    program: "microsocks",
    proxy: () => `socks5://127.0.0.1:${portOf("microsocks")}`,
    code: "(ConnectionRefused)",
  },
] as const)("where $program cannot reach the upstream", ({ program, proxy, code }) => {
  it("the failure says so", async (context) => {
    const why = missing[program];
    context.skip(why !== undefined, why);
    const upstream = `https://127.0.0.1:${await freePort()}/v1`;
    const clients = await startClients({ upstream, proxy: proxy() });
    const failures = [await clients.post(), await clients.get(), await clients.webSocket()];
    await clients.close();
    for (const failure of failures) {
      expect(failure).toContain(
        `the proxy ${proxy()} (--proxy) could not connect to ${new URL(upstream).host} ${code}`,
      );
    }
  });
});

function portOf(name: string): number {
  return proxies.get(name)?.port ?? 0;
}

/** An HTTP proxy that speaks TLS with its clients: a TLS server before one that does not. */
async function tlsBefore(port: number, certificate: PrivateAuthority["server"]): Promise<Server> {
  const server = createTlsServer(certificate, (socket) => {
    const onward = connect(port, "127.0.0.1");
    socket.on("error", () => {}).on("close", () => onward.destroy());
    socket.pipe(onward);
    onward.on("error", () => {}).on("close", () => socket.destroy());
    onward.pipe(socket);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  return server;
}
