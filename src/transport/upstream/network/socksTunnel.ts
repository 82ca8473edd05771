import { lookup } from "node:dns/promises";
import { isIP, type Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import type { buildConnector } from "undici";
import { proxyFailure, proxyUnreachable } from "./proxyFailure.js";
import type { UpstreamProxy } from "./proxyUrl.js";
import type { MakeTunnels } from "./tunnel.js";

/**
 * The library cannot be told to wait for ever, and what it holds for a tunnel it holds for as long, even once that is
 * open. In milliseconds.
 */
const AS_GOOD_AS_NEVER = 600_000;

/** Tunnels through a SOCKS 5 proxy (RFC 1928, with the user name and password of RFC 1929). */
export const socksTunnels: MakeTunnels = (proxy, direct, timeout) => ({
  async open({ hostname, port }, signal) {
    const host = proxy.scheme === "socks5" ? await addressOf(hostname, proxy) : hostname;
    const socket = addAbortSignal(signal, await dial(proxy, direct));
    const { credentials } = proxy;
    // Few have such a proxy: the others need not wait for the library to load.
    const { SocksClient } = await import("socks");
    try {
      await SocksClient.createConnection({
        command: "connect",
        destination: { host, port },
        existing_socket: socket,
        timeout: timeout || AS_GOOD_AS_NEVER,
        proxy: {
          type: 5,
          host: proxy.hostname,
          port: proxy.port,
          ...(credentials && { userId: credentials.username, password: credentials.password }),
        },
      });
    } catch (error) {
      // Without its cause, which carries the credentials.
      throw proxyFailure(proxy, refusal((error as Error).message, `${hostname}:${port}`, proxy));
    }
    return socket;
  },
  close: () => Promise.resolve(),
});

/** `socks5` means that names are looked up here. One address only can be asked for: IPv4 is what every proxy reaches. */
async function addressOf(hostname: string, proxy: UpstreamProxy): Promise<string> {
  if (isIP(hostname)) return hostname;
  try {
    return (await lookup(hostname, { order: "ipv4first" })).address;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = `needs the address of ${hostname}, which DNS does not know here (${code}); socks5h:// would leave that to the proxy`;
    throw proxyFailure(proxy, why, "connect", { cause: error });
  }
}

function dial(proxy: UpstreamProxy, direct: buildConnector.connector): Promise<Socket> {
  const { hostname, port } = proxy;
  return new Promise((resolve, reject) => {
    direct({ protocol: "http:", hostname, port: String(port) }, (error, socket) =>
      error ? reject(proxyUnreachable(proxy, error)) : resolve(socket),
    );
  });
}

/** @param message of the socks library: fixed words and the proxy's reply code by name (`ConnectionRefused`) */
function refusal(message: string, authority: string, { credentials }: UpstreamProxy): string {
  const [, reply] = /rejected connection - (\w+)/.exec(message) ?? [];
  if (reply === "NotAllowed") return `does not permit connections to ${authority} (${reply})`;
  if (reply) return `could not connect to ${authority} (${reply})`;
  if (/authentication/i.test(message)) {
    return credentials ? "does not accept the user name and password" : "wants a user name and password";
  }
  return "did not answer as a SOCKS proxy does";
}
