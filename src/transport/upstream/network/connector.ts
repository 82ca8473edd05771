import type { Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import type { buildConnector } from "undici";
import { httpTunnels } from "./httpTunnel.js";
import type { ProxyChoice } from "./proxyChoice.js";
import { proxyFailure } from "./proxyFailure.js";
import type { UpstreamProxy } from "./proxyUrl.js";
import { readAnswerFirst } from "./readAnswerFirst.js";
import { socksTunnels } from "./socksTunnel.js";
import type { TunnelMaker } from "./tunnel.js";

export interface ConnectorOptions {
  readonly proxyFor: ProxyChoice;
  /** Connects without a proxy, and begins TLS: for https, on a socket it is given or on one it makes. */
  readonly direct: buildConnector.connector;
  /** For the whole way, proxy and TLS included, in milliseconds; 0 for none. */
  readonly timeout: number;
}

/** The one way to the upstream: undici's clients and WebSockets get their sockets here. */
export interface Connector {
  readonly connect: buildConnector.connector;
  close(): Promise<void>;
}

/** Connects each URL as {@link ConnectorOptions.proxyFor} says. */
export function connector({ proxyFor, direct, timeout }: ConnectorOptions): Connector {
  const makers = new Map<UpstreamProxy, TunnelMaker>();
  const tunnels = (proxy: UpstreamProxy): TunnelMaker => {
    const make = proxy.scheme.startsWith("socks") ? socksTunnels : httpTunnels;
    const maker = makers.get(proxy) ?? make(proxy, direct, timeout);
    makers.set(proxy, maker);
    return maker;
  };

  const through = async (proxy: UpstreamProxy, options: buildConnector.Options): Promise<Socket> => {
    const abort = new AbortController();
    const timer = timeout > 0 ? setTimeout(() => abort.abort(), timeout) : undefined;
    const { protocol, hostname } = options;
    const port = Number(options.port) || (protocol === "https:" ? 443 : 80);
    try {
      const tunnel = await tunnels(proxy).open({ hostname, port }, abort.signal);
      return protocol === "https:"
        ? await opened(direct, { ...options, httpSocket: addAbortSignal(abort.signal, tunnel) })
        : tunnel;
    } catch (error) {
      throw abort.signal.aborted
        ? proxyFailure(proxy, "made no connection within the connect timeout", "timeout")
        : error;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    connect: (options, callback) => {
      const proxy = proxyFor(urlOf(options));
      const connected = proxy ? through(proxy, options) : opened(direct, options);
      connected.then(
        (socket) => callback(null, readAnswerFirst(socket)),
        (error: Error) => callback(error, null),
      );
    },
    close: async () => {
      await Promise.all([...makers.values()].map((maker) => maker.close()));
    },
  };
}

function opened(direct: buildConnector.connector, options: buildConnector.Options): Promise<Socket> {
  return new Promise((resolve, reject) => {
    direct(options, (error, socket) => (error ? reject(error) : resolve(socket)));
  });
}

function urlOf({ protocol, hostname, port }: buildConnector.Options): URL {
  return new URL(`${protocol}//${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`);
}
