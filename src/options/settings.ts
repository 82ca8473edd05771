import type { UserOperators } from "../operators/userOperators.js";
import type { ContinueWhen, Nudge } from "../protocol/foldOptions.js";

/** What the fold may do. Every setting has the name of its flag. */
export interface FoldSettings {
  /** `fold` continues cut rounds; `observe` only reports them; `off` forwards and nothing else. Default `fold`. */
  readonly mode?: "fold" | "observe" | "off" | undefined;
  /** Globs (`*`, `?`) of the models whose turns may be folded. Default
   * `["gpt-5.5*", "gpt-5.4*"]`; cut rounds of other models are only counted and reported. */
  readonly models?: readonly string[] | undefined;
  /** The lowest tier n (reasoning cut at 518n-2 tokens) that is continued. Default 1. */
  readonly minN?: number | undefined;
  /** The highest tier that is continued; 0 for no cap. Default 6. */
  readonly maxN?: number | undefined;
  /** The most continuations of one turn. Default 3. */
  readonly maxContinue?: number | undefined;
  /** Tokens over all rounds that a turn may not pass by another continuation; 0 for no limit. Default 0. */
  readonly maxBilledTokens?: number | undefined;
  /**
   * What asks the model to think on (`--marker-text`): the text of a commentary message, or a function that makes the
   * text or a whole input item. Default `Continue thinking...`.
   */
  readonly nudge?: string | Nudge | undefined;
  /** A verdict of your own beside the fingerprint, with the same budgets; a text is the reason the log gives. */
  readonly continueWhen?: ContinueWhen | undefined;
  /** `adaptive` shows answers live where the size of the reasoning says it was not cut. Default `adaptive`. */
  readonly hold?: "adaptive" | "always" | undefined;
  /** Globs of the models whose reasoning sizes are known well enough for `adaptive`. */
  readonly liveModels?: readonly string[] | undefined;
  /** Seconds the client may hear nothing while output is held; 0 for any time. Default 15. */
  readonly keepAliveSeconds?: number | undefined;
}

/** Everything that can be set of a proxy. Every setting has the name of its flag; all may be left out. */
export interface ProxySettings extends FoldSettings {
  /** The address to listen on. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** The port to listen on; 0 takes a free one. Default 8787. */
  readonly port?: number | undefined;
  /** Permits a `host` that other machines can reach. Default false. */
  readonly allowRemote?: boolean | undefined;
  /** Names that clients may call the proxy by, beside loopback names and `host`. Default none. */
  readonly allowHost?: readonly string[] | undefined;
  /** Base URL of the Responses API, or `auto`: chosen for each request by its login. Default `auto`. */
  readonly upstream?: string | undefined;
  /** `auto` relays WebSocket to WebSocket; `sse` turns everything into POST requests. Default `auto`. */
  readonly upstreamTransport?: "auto" | "sse" | undefined;
  /**
   * The URL of a proxy on the way to the upstream (http, https, socks5, socks5h), or `none`. Default: as `HTTPS_PROXY`
   * and its relatives say.
   */
  readonly proxy?: string | undefined;
  /** A PEM file of certificate authorities to trust besides the usual ones. */
  readonly caFile?: string | undefined;
  /** Seconds that connecting to the upstream may take; 0 for any time. Default 30. */
  readonly connectTimeout?: number | undefined;
  /** Seconds that the upstream may take to answer; 0 for any time. Default 300. */
  readonly firstByteTimeout?: number | undefined;
  /** Seconds that the upstream may be silent in the middle of an answer; 0 for any time. Default 300. */
  readonly idleTimeout?: number | undefined;
  /** Seconds that running turns have to finish when the proxy is told to stop. Default 5. */
  readonly drainTimeout?: number | undefined;
  /** Bytes of history kept for one WebSocket connection; past it, its turns are not folded. Default 64 MiB. */
  readonly maxHistoryBytes?: number | undefined;
  /**
   * Tokens that continuations may cost in 24 hours, past which turns are only observed until some of it is a day old; 0
   * for no limit. `codexcomp run` remembers them over restarts, a proxy of the library does not. Default 0.
   */
  readonly maxExtraTokensPerDay?: number | undefined;
  /** What this one is called among many: said in `/healthz` and `/metrics`, and in JSON log lines. Default no name. */
  readonly instance?: string | undefined;
  /**
   * Who may scrape `/metrics` (docs/metrics.md): programs on this machine, whoever can reach the proxy, or nobody.
   * Default `local`.
   */
  readonly metrics?: "local" | "all" | "off" | undefined;
  /**
   * A folder into which every turn is recorded, conversations and all (docs/recordings.md); credentials are left out.
   * Default: nothing is recorded.
   */
  readonly record?: string | undefined;
  /** Recordings keep sizes, counts and structure, and filler instead of texts, so that they can be shared. */
  readonly recordRedact?: boolean | undefined;
  /** Operators of your own. */
  readonly operators?: UserOperators | undefined;
}

/** What a config file may set: everything a proxy has, and what only the program does. */
export interface Config extends ProxySettings {
  /** Where the port is taken, use a free one. */
  readonly autoPort?: boolean | undefined;
  /** Keep no journal of turns. */
  readonly noJournal?: boolean | undefined;
  /** Serve no live page. */
  readonly noPage?: boolean | undefined;
  /** Serve the live page with `allowRemote` too, to those who have its address. */
  readonly page?: boolean | undefined;
  /** How much to log. Default `info`. */
  readonly logLevel?: "error" | "warn" | "info" | "debug" | undefined;
  /** Log lines for people or for machines. Default `text`. */
  readonly logFormat?: "text" | "json" | undefined;
}

/** Gives a config file its types; returns what it is given. */
export function defineConfig(config: Config): Config {
  return config;
}
