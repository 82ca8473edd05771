import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Subject, filter, map, type Observable } from "rxjs";
import { reasoningSizes } from "../protocol/reasoningSizes.js";
import { countMetrics } from "../metrics/countReports.js";
import { createRecorder, type Recorder } from "../recordings/recorder.js";
import { purseOf, type Purse } from "../reports/purse.js";
import { watchSpending } from "../reports/watchSpending.js";
import { learnSizes } from "../reports/learnSizes.js";
import { failureNotice } from "../reports/notices.js";
import type { Report, TurnReport } from "../reports/turnReport.js";
import type { UserOperatorHooks } from "../operators/userOperators.js";
import { arrivals } from "./arrivals.js";
import type { ProxyContext } from "./context.js";
import { httpTurn } from "./downstream/httpTurn.js";
import { isLoopback, originForm, whyInadmissible } from "./downstream/guard.js";
import { passthrough } from "./downstream/passthrough.js";
import { respondError, respondFailure } from "./downstream/respond.js";
import { countReports, health, type Health } from "./health.js";
import { inFlight } from "./inFlight.js";
import { serveMetrics, type ScrapeSources } from "./metrics.js";
import type { ProxyOptions } from "./options.js";
import { readiness, type Readiness } from "./readiness.js";
import { responseAliases } from "./responseAliases.js";
import { upstreamNetwork, type UpstreamNetwork } from "./upstream/network/network.js";
import { API_PREFIX, isApiPath, targetOf } from "./upstream/target.js";
import { isWebSocket } from "./websocket/handshake.js";
import { upgradeServer } from "./websocket/upgrade.js";
import { noneOf, windDown } from "./windDown.js";

/** A proxy that can be started and stopped. */
export interface Proxy {
  /**
   * Begins to listen.
   *
   * @returns the base URL for Codex's `openai_base_url`
   * @throws the server's error, for example with code `EADDRINUSE`
   */
  listen(): Promise<string>;
  /**
   * Stops: `/readyz` says so from now on, WebSockets end between two turns, and what runs has up to `drainTimeout` seconds;
   * then what is left is cut. New connections are taken until whoever asks `/readyz` has been told.
   *
   * @param drain false cuts at once
   */
  close(drain?: boolean): Promise<void>;
  /** The base URL once it listens. */
  readonly url: string | undefined;
  /** A report of every turn when it is over. Never ends by itself. */
  readonly turns$: Observable<TurnReport>;
  /** Everything that is reported, as it happens. */
  readonly reports$: Observable<Report>;
  /** What `/healthz` answers. */
  health(): Health;
}

/**
 * Serves what is not the API's, for whom `Host` and `Origin` have been looked at. A stop does not wait for it.
 *
 * @returns false where it does not serve that
 */
export type LocalRoute = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What may change while the proxy runs. */
export type Reconfigurable = Pick<
  ProxyOptions,
  "fold" | "maxExtraTokensPerDay" | "operators" | "upstream" | "upstreamTransport"
>;

/** The {@link Proxy} that `codexcomp run` runs. */
export interface ProxyServer extends Proxy {
  /** @param inherited a descriptor that is listening already, instead of `host` and `port`: a socket that systemd holds */
  listen(inherited?: number): Promise<string>;
  /** Turns from now on do as these options say, on connections that are open too; running ones keep what they had. */
  reconfigure(options: Reconfigurable): void;
  /** What continuations may cost; whoever remembers what was spent before puts it in. */
  readonly purse: Purse;
  /** Lets something else be served beside the API; who asks for what is still being loaded waits. */
  serveLocally(route: LocalRoute | Promise<LocalRoute>): void;
}

/**
 * Makes a proxy; it does nothing before `listen()`.
 *
 * @param network the way to the upstream; the proxy closes it when it closes
 */
export function createProxyServer(
  options: ProxyOptions,
  network: UpstreamNetwork = upstreamNetwork(options, process.env),
): ProxyServer {
  if (!options.allowRemote && !isLoopback(options.host)) {
    throw new RangeError(`host "${options.host}" is not a loopback address: allow it with --allow-remote`);
  }
  const reports = new Subject<Report>();
  const counters = countReports(reports);
  const counted = countMetrics(reports, options.instance);
  let current = options;
  const sizes = reasoningSizes(() => current.fold);
  learnSizes(sizes, reports);
  const limit = (): number => current.maxExtraTokensPerDay;
  const purse = purseOf(limit);
  const isPurseEmpty = watchSpending(purse, limit, reports);
  const startedAt = performance.now();
  const log: NonNullable<UserOperatorHooks["log"]> = (level, text) =>
    reports.next({ kind: "notice", level, text });
  const context: ProxyContext = {
    get options() {
      return isPurseEmpty() ? observing(current) : current;
    },
    upstream: { ...network, timeouts: options.timeouts },
    aliases: responseAliases(),
    reports,
    liveLimit: sizes.limitFor,
    recorder: recorderOf(options, log),
    get users() {
      return { operators: current.operators, log };
    },
  };
  const currentHealth = (): Health => health({ options: current, startedAt, counters, sizes, purse });
  let local: LocalRoute | Promise<LocalRoute> = () => false;
  const server = createServer(serverSettings(options), (request, response) => {
    if (isApiPath(request.url ?? "/")) requests.add(request, response);
    if (isStopping) response.shouldKeepAlive = false;
    serve(context, answers, request, response).catch((error: unknown) => {
      if (request.socket.destroyed) return;
      reports.next(failureNotice(request, error));
      respondFailure(response, error);
    });
  });
  let isStopping = false;
  const ready = readiness();
  // A connection whose last response has ended would be kept for the client's next request.
  const requests = inFlight(() => isStopping && !server.listening && server.closeIdleConnections());
  const cut = new AbortController();
  const arriving = arrivals(server);
  server.maxConnections = options.limits.connections;
  const upgrades = upgradeServer(context);
  server.on("upgrade", upgrades.onUpgrade);
  const scraped: ScrapeSources = {
    ...{ counted, server, webSockets: upgrades.sockets },
    openTurns: () => counters.open,
    extraTokens: () => currentHealth().extraTokens,
  };
  const answers: LocalAnswers = {
    ...{ currentHealth, ready, scraped },
    local: async (...args) => (await local)(...args),
  };
  let url: string | undefined;
  /** Loads what turns need: whoever starts the proxy does not wait for it, and the first turn finds it there. */
  const warmUp = (): void => {
    // What cannot be loaded, the turn says that needs it.
    Promise.all([network.dispatcher(), upgrades.warmUp()]).catch(() => {});
  };

  return {
    listen: async (inherited) => {
      await listening(server, options, inherited);
      setImmediate(warmUp);
      return (url = baseUrl(server, options.host));
    },
    close: async (drain = true) => {
      if (!drain) cut.abort();
      isStopping = true;
      const all = { server, ready, arriving, requests, upgrades };
      const { closed } = await windDown(all, options.timeouts.drain, cut.signal);
      cut.abort();
      server.closeAllConnections();
      await Promise.all([closed, noneOf(requests.open$), upgrades.close()]);
      await Promise.all([network.close(), context.recorder?.close()]);
    },
    get url() {
      return url;
    },
    turns$: reports.pipe(
      filter((report) => report.kind === "turn"),
      map(({ report }) => report),
    ),
    reports$: reports.asObservable(),
    health: currentHealth,
    reconfigure: ({ fold, maxExtraTokensPerDay, operators, upstream, upstreamTransport }) => {
      current = { ...current, fold, maxExtraTokensPerDay, operators, upstream, upstreamTransport };
    },
    purse,
    serveLocally: (route) => {
      local = route;
    },
  };
}

/** The same, but that nothing is continued. */
function observing(options: ProxyOptions): ProxyOptions {
  const { fold } = options;
  return fold.mode === "fold" ? { ...options, fold: { ...fold, mode: "observe" } } : options;
}

function recorderOf(
  { record, recordRedact }: ProxyOptions,
  log: NonNullable<UserOperatorHooks["log"]>,
): Recorder | undefined {
  if (record === undefined) return undefined;
  const onLoss = (reason: string): void =>
    log("warn", `recording: ${reason}; turns go on, but not all of them are recorded`);
  return createRecorder({ folder: record, redact: recordRedact === true, onLoss });
}

/** What the proxy answers itself. */
interface LocalAnswers {
  readonly currentHealth: () => Health;
  readonly ready: Pick<Readiness, "answer">;
  readonly scraped: ScrapeSources;
  readonly local: (...args: Parameters<LocalRoute>) => Promise<boolean>;
}

async function serve(
  context: ProxyContext,
  { currentHealth, ready, scraped, local }: LocalAnswers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { options, upstream, aliases } = context;
  const inadmissible = whyInadmissible(request, options);
  if (inadmissible) {
    const { status, code, message } = inadmissible;
    context.reports.next({ kind: "notice", level: "debug", text: `refused: ${message}` });
    return respondError(response, status, "invalid_request_error", message, code);
  }
  const url = originForm(request.url);
  if (pathOf(url) === "/healthz") {
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(currentHealth()));
    return;
  }
  if (pathOf(url) === "/readyz") return ready.answer(response);
  if (pathOf(url) === "/metrics") return serveMetrics(scraped, options.metrics, request, response);
  if (!isApiPath(url)) {
    if (await local(request, response)) return;
    const message = `Nothing is served at ${pathOf(url)}; the base URL is http://${request.headers.host}${API_PREFIX}.`;
    return respondError(response, 404, "invalid_request_error", message, "not_found");
  }
  const target = targetOf(renamed(url, aliases.resolve), request.rawHeaders, options.upstream);
  if (request.method === "POST" && isResponsesPath(url) && options.fold.mode !== "off") {
    return httpTurn(context, target, request, response);
  }
  return passthrough(upstream, target, request, response);
}

function isResponsesPath(url: string): boolean {
  return pathOf(url) === `${API_PREFIX}/responses`;
}

function pathOf(url: string): string | undefined {
  return url.split("?", 1)[0];
}

/** `/v1/responses/{id}` of a fold means the response that the upstream knows. */
function renamed(url: string, resolve: (id: string) => string): string {
  return url.replace(/^(\/v1\/responses\/)([^/?]+)/, (_, path: string, id: string) => path + resolve(id));
}

function serverSettings({ limits, timeouts }: ProxyOptions) {
  return {
    maxHeaderSize: limits.headerBytes,
    // A client that opens and says nothing, or a byte a second, gives its place back.
    headersTimeout: timeouts.clientHead * 1000,
    requestTimeout: timeouts.clientRequest * 1000,
    connectionsCheckingInterval: Math.min(5000, timeouts.clientHead * 250),
    // Longer than clients keep idle connections in their pools, so that it is they who close them.
    keepAliveTimeout: 120_000,
    noDelay: true,
    // From Node 24.9 on, other upgrades stay requests; before, `ignoreUpgrade` makes them requests again.
    shouldUpgradeCallback: isWebSocket,
  };
}

function listening(server: Server, { host, port }: ProxyOptions, inherited?: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const opened = (): void => {
      server.off("error", reject);
      resolve();
    };
    if (inherited === undefined) server.listen(port, host, opened);
    else server.listen({ fd: inherited }, opened);
  });
}

function baseUrl(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}${API_PREFIX}`;
}
