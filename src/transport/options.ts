import type { UserOperators } from "../operators/userOperators.js";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../protocol/foldOptions.js";

/** Everything that can be set of a proxy. The command line and the library validate it once, with {@link proxyOptions}. */
export interface ProxyOptions {
  /** Address to listen on. */
  readonly host: string;
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Allows a `host` that is not loopback. */
  readonly allowRemote: boolean;
  /** Names that requests may be for (`Host`), beside loopback names and `host`. */
  readonly allowHost: readonly string[];
  /** Base URL of the Responses API, or `auto`: chosen for each request by its login. */
  readonly upstream: string;
  /** `auto`: WebSocket to WebSocket, POST to POST; `sse`: always POST upstream. */
  readonly upstreamTransport: "auto" | "sse";
  /**
   * The URL of a proxy for everything that goes upstream (http, https, socks5 or socks5h, with or without
   * credentials), or `none`; `undefined` leaves it to `HTTPS_PROXY` and its relatives.
   */
  readonly proxy: string | undefined;
  /** A PEM file of certificate authorities to trust besides the usual ones. */
  readonly caFile: string | undefined;
  readonly fold: FoldOptions;
  /** Tokens that continuations may cost in 24 hours, past which turns are only observed; 0 for no limit. */
  readonly maxExtraTokensPerDay: number;
  /** Operators of your own. */
  readonly operators?: UserOperators | undefined;
  /** What this one is called among many. */
  readonly instance?: string | undefined;
  /** Who may scrape `/metrics`: programs on this machine, whoever can reach the proxy, or nobody. */
  readonly metrics: "local" | "all" | "off";
  /** The folder into which turns are recorded; nothing is where there is none. */
  readonly record?: string | undefined;
  /** Recordings have filler instead of texts. */
  readonly recordRedact?: boolean | undefined;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
}

/** All in seconds. There is none on a turn's total time. */
export interface Timeouts {
  readonly connect: number;
  /** From the request's end to the response's head. */
  readonly firstByte: number;
  /** Silence between two chunks of a response. Codex itself gives up after 300 s. */
  readonly idle: number;
  /** For running turns, over POST and over WebSocket, to finish when the proxy is told to stop. */
  readonly drain: number;
  /** For a client to send the head of a request, from its connecting on. */
  readonly clientHead: number;
  /** For a client to send a whole request. */
  readonly clientRequest: number;
}

/** All in bytes, but for `connections`. */
export interface Limits {
  readonly headerBytes: number;
  /** A request body, as sent and decoded. */
  readonly bodyBytes: number;
  /** One WebSocket frame. */
  readonly frameBytes: number;
  /**
   * A frame of ours to the upstream stays under this: the backend closes the connection (1009) on one of 16 MiB
   * (measured: 16,777,000 bytes pass, 16,777,300 do not). The client's own pass whatever their size.
   */
  readonly upstreamFrameBytes: number;
  /** The conversation kept for one WebSocket connection. */
  readonly historyBytes: number;
  /** Open client connections. */
  readonly connections: number;
}

export const DEFAULT_PROXY_OPTIONS: ProxyOptions = {
  host: "127.0.0.1",
  port: 8787,
  allowRemote: false,
  allowHost: [],
  upstream: "auto",
  upstreamTransport: "auto",
  proxy: undefined,
  caFile: undefined,
  fold: DEFAULT_FOLD_OPTIONS,
  maxExtraTokensPerDay: 0,
  metrics: "local",
  timeouts: { connect: 30, firstByte: 300, idle: 300, drain: 5, clientHead: 30, clientRequest: 300 },
  limits: {
    headerBytes: 64 * 1024,
    bodyBytes: 128 * 1024 * 1024,
    frameBytes: 64 * 1024 * 1024,
    upstreamFrameBytes: 16 * 1024 * 1024 - 1,
    historyBytes: 64 * 1024 * 1024,
    connections: 4096,
  },
};
