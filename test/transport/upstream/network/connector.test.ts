import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_PROXY_OPTIONS } from "../../../../src/transport/options.js";
import { privateAuthority, type PrivateAuthority } from "./support/certificates.js";
import { startClients, type Clients } from "./support/clients.js";
import { connectProxy, tcpServer } from "./support/connectProxy.js";
import { freePort } from "../../support/upstreams.js";
import { whyMissing } from "./support/programs.js";
import { tellingUpstream, type TellingUpstream } from "./support/upstream.js";

const noOpenssl = whyMissing("openssl");
let authority: PrivateAuthority;
beforeAll(() => {
  if (noOpenssl) return;
  authority = privateAuthority();
  return () => authority.remove();
});
beforeEach((context) => context.skip(noOpenssl !== undefined, noOpenssl));

const opened: { close(): Promise<void> }[] = [];
const keep = <T extends { close(): Promise<void> }>(thing: T): T => {
  opened.push(thing);
  return thing;
};
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing.close();
});

const exchanges = async (clients: Clients): Promise<string[]> => [
  await clients.post(),
  await clients.get(),
  await clients.webSocket(),
];

describe("a proxy from the variables", () => {
  it.each([
    ["https", "HTTPS_PROXY", 443],
    ["https", "all_proxy", 443],
    ["http", "http_proxy", 80],
  ] as const)("%s goes by %s, name and credentials and all", async (scheme, variable, port) => {
    const upstream = keep(await tellingUpstream(scheme === "https" ? authority.server : undefined));
    const proxy = keep(await connectProxy(upstream.port));
    const env = { [variable]: `me:p%40ss@127.0.0.1:${proxy.port}`, NO_PROXY: "other.test" };
    const clients = keep(
      await startClients({ upstream: `${scheme}://upstream.test/v1`, caFile: authority.caFile }, env),
    );
    for (const said of await exchanges(clients)) expect(said).toContain("127.0.0.1");
    const head = `upstream.test:${port} host=upstream.test:${port} Basic ${btoa("me:p@ss")}`;
    // POST and GET share a connection.
    expect(proxy.heads).toEqual([head, head]);
    expect(clients.network.describe()).toBe(
      `through the proxy http://127.0.0.1:${proxy.port} (${variable}); trusting the certificates in ${authority.caFile} too (--ca-file)`,
    );
  });

  it("is not for loopback", async () => {
    const upstream = keep(await tellingUpstream());
    const clients = keep(
      await startClients({ upstream: upstream.base }, { ALL_PROXY: `http://127.0.0.1:${await freePort()}` }),
    );
    for (const said of await exchanges(clients)) expect(said).toContain("127.0.0.1");
    expect(clients.network.describe()).toBeUndefined();
  });

  it("is for what NO_PROXY does not list", async () => {
    const env = { HTTPS_PROXY: "http://me:secret@proxy.test:3128", NO_PROXY: "chatgpt.com" };
    const clients = keep(await startClients({ upstream: "auto" }, env));
    expect(clients.network.describe()).toBe(
      "chatgpt.com direct, api.openai.com through the proxy http://proxy.test:3128 (HTTPS_PROXY)",
    );
  });
});

describe("headers", () => {
  it("pass a proxy as they are, repeated ones too", async () => {
    const seen: string[][] = [];
    const upstream = keep(
      await tellingUpstream(undefined, (request, response) => {
        seen.push(request.rawHeaders);
        response.writeHead(200, ["X-Twice", "1", "x-twice", "2"]).end();
      }),
    );
    const proxy = keep(await connectProxy(upstream.port));
    const clients = keep(
      await startClients({ upstream: upstream.base, proxy: `http://127.0.0.1:${proxy.port}` }),
    );
    const dispatcher = await clients.network.dispatcher();
    const { headers, body } = await dispatcher.request({
      origin: new URL(upstream.base).origin,
      path: "/",
      method: "GET",
      headers: ["X-Once", "a", "Cookie", "b=1", "cookie", "c=2"],
      responseHeaders: "raw",
    });
    await body.dump();
    expect(seen[0]).toEqual(expect.arrayContaining(["X-Once", "Cookie", "b=1", "cookie", "c=2"]));
    expect(headers).toEqual(expect.arrayContaining(["X-Twice", "x-twice"]));
  });
});

describe("the limits hold behind a proxy", () => {
  const behindProxy = async (
    listener: Parameters<typeof tellingUpstream>[1],
    settings: Parameters<typeof startClients>[0],
  ): Promise<Clients> => {
    const upstream: TellingUpstream = keep(await tellingUpstream(undefined, listener));
    const proxy = keep(await connectProxy(upstream.port));
    return keep(
      await startClients({ upstream: upstream.base, proxy: `http://127.0.0.1:${proxy.port}`, ...settings }),
    );
  };
  const { timeouts, limits } = DEFAULT_PROXY_OPTIONS;

  it("first byte", async () => {
    const clients = await behindProxy(() => {}, { timeouts: { ...timeouts, firstByte: 0.2 } });
    expect(await clients.get()).toContain("no answer within the first-byte timeout");
  });

  it("first byte of a handshake", async () => {
    const silent = keep(await tcpServer((socket) => socket.resume()));
    const proxy = keep(await connectProxy(silent.port));
    const clients = keep(
      await startClients({
        upstream: "http://upstream.test/v1",
        proxy: `http://127.0.0.1:${proxy.port}`,
        timeouts: { ...timeouts, firstByte: 0.2 },
      }),
    );
    expect(await clients.webSocket()).toContain("no answer within the first-byte timeout");
  });

  it("idle", async () => {
    const clients = await behindProxy((_, response) => void response.write("a"), {
      timeouts: { ...timeouts, idle: 0.2 },
    });
    await expect(clients.get()).rejects.toThrow("terminated");
  });

  it("header size", async () => {
    const clients = await behindProxy((_, response) => void response.setHeader("x", "y".repeat(3000)).end(), {
      limits: { ...limits, headerBytes: 2048 },
    });
    expect(await clients.get()).toContain("the response headers are too large");
  });

  it.each([
    [20_000, "127.0.0.1"],
    [limits.headerBytes, "HPE_HEADER_OVERFLOW"],
  ])("header size of a handshake: %i bytes", async (size, said) => {
    const upstream = keep(await tellingUpstream(undefined, undefined, [`X-Long: ${"y".repeat(size)}`]));
    const proxy = keep(await connectProxy(upstream.port));
    const clients = keep(
      await startClients({ upstream: upstream.base, proxy: `http://127.0.0.1:${proxy.port}` }),
    );
    expect(await clients.webSocket()).toContain(said);
  });
});

describe("a proxy that fails", () => {
  const established = "HTTP/1.1 200 Connection established\r\n\r\n";
  const socksGreeting = Buffer.from([5, 0]);
  const socksGranted = Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]);

  it.each<
    [what: string, scheme: string, accept: (...args: Parameters<Parameters<typeof tcpServer>[0]>) => void]
  >([
    ["is silent", "http", (socket) => socket.resume()],
    ["is silent", "https", (socket) => socket.resume()],
    ["is silent", "socks5", (socket) => socket.resume()],
    [
      "leads to a silent upstream",
      "http",
      (socket) => void socket.once("data", () => socket.write(established)),
    ],
    [
      "leads to a silent upstream",
      "socks5h",
      (socket) =>
        void socket.once("data", () => {
          socket.write(socksGreeting);
          socket.once("data", () => socket.write(socksGranted));
        }),
    ],
  ])("%s (%s): the connect timeout counts for all of it", async (_, scheme, accept) => {
    const stub = keep(await tcpServer(accept));
    const address = `${scheme}://127.0.0.1:${stub.port}`;
    const timeouts = { ...DEFAULT_PROXY_OPTIONS.timeouts, connect: 0.3 };
    const clients = keep(await startClients({ upstream: "https://localhost/v1", proxy: address, timeouts }));
    const failures = await Promise.all([clients.post(), clients.get(), clients.webSocket()]);
    for (const failure of failures) {
      expect(failure).toContain(`the proxy ${address} (--proxy) `);
      expect(failure).toContain("within the connect timeout");
    }
    await stub.emptied();
  });

  it.each([
    ["http", "cannot be reached: connection refused (ECONNREFUSED)"],
    ["https", "cannot be reached: connection refused (ECONNREFUSED)"],
    ["socks5h", "cannot be reached: connection refused (ECONNREFUSED)"],
  ])("is not there (%s)", async (scheme, words) => {
    const address = `${scheme}://127.0.0.1:${await freePort()}`;
    const proxy = address.replace("//", "//me:secret@");
    const clients = keep(await startClients({ upstream: "https://upstream.test/v1", proxy }));
    for (const failure of await exchanges(clients)) {
      expect(failure).toContain(`the proxy ${address} (--proxy) ${words}`);
      expect(failure).not.toContain("secret");
    }
  });

  it.each([
    ["http", "did not answer as an HTTP proxy does"],
    ["https", "cannot be reached: TLS failed: the proxy's certificate or protocol was refused"],
    ["socks5h", "did not answer as a SOCKS proxy does"],
  ])("is none (%s)", async (scheme, words) => {
    const stub = keep(await tcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")));
    const clients = keep(
      await startClients({
        upstream: "https://upstream.test/v1",
        proxy: `${scheme}://127.0.0.1:${stub.port}`,
      }),
    );
    for (const failure of await exchanges(clients)) expect(failure).toContain(words);
  });

  it("hangs up (socks5h)", async () => {
    const stub = keep(await tcpServer((socket) => socket.end()));
    const clients = keep(
      await startClients({ upstream: "https://upstream.test/v1", proxy: `socks5h://127.0.0.1:${stub.port}` }),
    );
    for (const failure of await exchanges(clients))
      expect(failure).toContain("did not answer as a SOCKS proxy does");
  });
});

describe("an upstream whose certificate is not trusted", () => {
  it("is the upstream's failure, not the proxy's", async () => {
    const upstream = keep(await tellingUpstream(authority.server));
    const proxy = keep(await connectProxy(upstream.port));
    const clients = keep(
      await startClients({ upstream: upstream.base, proxy: `http://127.0.0.1:${proxy.port}` }),
    );
    expect(await clients.post()).toContain("TLS failed: the upstream's certificate");
    expect(await clients.webSocket()).toContain("TLS failed: the upstream's certificate");
  });
});

describe("socks5 and socks5h", () => {
  const FIRST_REQUEST_HAS_NAME = 3;
  const FIRST_REQUEST_HAS_IPV4 = 1;

  it.each([
    ["socks5", FIRST_REQUEST_HAS_IPV4],
    ["socks5h", FIRST_REQUEST_HAS_NAME],
  ])("%s asks the proxy for an address of type %i", async (scheme, type) => {
    const requests: Buffer[] = [];
    const stub = keep(
      await tcpServer((socket) =>
        socket.once("data", () => {
          socket.write(Buffer.from([5, 0]));
          socket.once("data", (request: Buffer) => {
            requests.push(request);
            socket.end(Buffer.from([5, 4, 0, 1, 0, 0, 0, 0, 0, 0]));
          });
        }),
      ),
    );
    const clients = keep(
      await startClients({ upstream: "https://localhost:9/v1", proxy: `${scheme}://127.0.0.1:${stub.port}` }),
    );
    expect(await clients.get()).toContain("could not connect to localhost:9 (HostUnreachable)");
    expect(requests[0]?.[3]).toBe(type);
  });

  it("socks5 says what to do about a name that is unknown here", async () => {
    const upstream = `https://${"x".repeat(64)}.invalid/v1`; // too long a label for DNS to be asked at all
    const clients = keep(await startClients({ upstream, proxy: "socks5://127.0.0.1:9" }));
    expect(await clients.get()).toContain("socks5h:// would leave that to the proxy");
  });
});
