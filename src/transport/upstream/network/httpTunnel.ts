import type { Socket } from "node:net";
import { Pool } from "undici";
import { UpstreamLost } from "../../../protocol/errors.js";
import { proxyFailure, proxyUnreachable } from "./proxyFailure.js";
import type { UpstreamProxy } from "./proxyUrl.js";
import type { Destination, MakeTunnels } from "./tunnel.js";

/** Tunnels through an HTTP proxy, by `CONNECT` (RFC 9110, 9.3.6). The way to the proxy itself may be TLS. */
export const httpTunnels: MakeTunnels = (proxy, direct) => {
  const pool = new Pool(proxy.address, {
    // The deadline of the whole attempt is the caller's.
    headersTimeout: 0,
    connect: (options, callback) =>
      direct(options, (error, socket) =>
        error ? callback(proxyUnreachable(proxy, error), null) : callback(null, socket),
      ),
  });
  return {
    async open(destination, signal) {
      const authority = authorityOf(destination);
      const { statusCode, socket } = await pool
        .connect({ path: authority, headers: { host: authority, ...authorization(proxy) }, signal })
        .catch((error: unknown) => {
          throw error instanceof UpstreamLost
            ? error
            : proxyFailure(proxy, "did not answer as an HTTP proxy does");
        });
      if (statusCode >= 200 && statusCode <= 299) return socket as Socket;
      socket.on("error", () => {}).destroy();
      throw proxyFailure(proxy, refusal(statusCode, authority, proxy));
    },
    close: () => pool.destroy(),
  };
};

function authorityOf({ hostname, port }: Destination): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function authorization({ credentials }: UpstreamProxy): { "proxy-authorization"?: string } {
  if (!credentials) return {};
  const { username, password } = credentials;
  return { "proxy-authorization": `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}

function refusal(status: number, authority: string, { credentials }: UpstreamProxy): string {
  // 401 is for origins, but what tinyproxy 1.11 says to a wrong password.
  if (status === 407 || status === 401) {
    return credentials
      ? `does not accept the user name and password (${status})`
      : `wants a user name and password (${status})`;
  }
  if (status === 403 || status === 405) return `does not permit connections to ${authority} (${status})`;
  if (status >= 500) return `could not connect to ${authority} (${status})`;
  return `refused to connect to ${authority} (${status})`;
}
