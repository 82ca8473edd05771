import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import type { UpstreamProxy } from "./proxyUrl.js";

/** Where a tunnel is to end. */
export interface Destination {
  /** IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** One proxy, and the tunnels through it. */
export interface TunnelMaker {
  /**
   * A connection to the destination, made by the proxy: nothing has been sent on it yet, TLS not begun.
   *
   * @param signal aborts the attempt; meaningless afterwards
   * @throws {UpstreamLost} in words that name the proxy
   */
  open(destination: Destination, signal: AbortSignal): Promise<Socket>;
  close(): Promise<void>;
}

/**
 * @param direct connects to the proxy itself
 * @param timeout for a tunnel to be open, in milliseconds, 0 for none. The caller's signal sees to it anyway.
 */
export type MakeTunnels = (
  proxy: UpstreamProxy,
  direct: buildConnector.connector,
  timeout: number,
) => TunnelMaker;
