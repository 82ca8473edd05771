import { lookup } from "node:dns/promises";
import { DEFAULT_PROXY_OPTIONS } from "../../../transport/options.js";
import { upstreamNetwork, type UpstreamNetwork } from "../../../transport/upstream/network/network.js";
import { proxyChoice } from "../../../transport/upstream/network/proxyChoice.js";
import type { UpstreamProxy } from "../../../transport/upstream/network/proxyUrl.js";
import { upstreamBases } from "../../../transport/upstream/target.js";
import { isNotSpoken } from "../../../transport/websocket/notSpoken.js";
import type { Environment } from "../../command.js";
import { findings, type Finding } from "../finding.js";
import { probeHttp, probeWebSocket, type Answer, type NoAnswer } from "../probe.js";
import type { ClockReading } from "./clock.js";
import type { Login } from "./login.js";

interface UpstreamSituation {
  /** A base URL, or `auto`. */
  readonly upstream: string;
  readonly proxy: string | undefined;
  readonly caFile: string | undefined;
  readonly env: Environment;
  readonly login: Login["kind"];
  /** How names are looked up; default: as everything in Node does it. */
  readonly lookUp?: ((name: string) => Promise<unknown>) | undefined;
}

interface UpstreamFindings {
  readonly findings: readonly Finding[];
  readonly clock: ClockReading | undefined;
}

/** Answers to which a machine without a network comes down. */
const OFFLINE = new Set(["EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH", "ENETDOWN"]);

const CONNECT_SECONDS = 5;

/** The way to the upstream that turns would take: names, TLS, HTTPS, WebSocket. Nothing is sent that costs anything. */
export async function checkUpstreams(situation: UpstreamSituation): Promise<UpstreamFindings> {
  const { upstream, proxy, caFile, env, login, lookUp = lookup } = situation;
  let network: UpstreamNetwork;
  try {
    const timeouts = { ...DEFAULT_PROXY_OPTIONS.timeouts, connect: CONNECT_SECONDS };
    network = upstreamNetwork({ ...DEFAULT_PROXY_OPTIONS, upstream, proxy, caFile, timeouts }, env);
  } catch (error) {
    const { fail } = findings("network", "Network");
    return { findings: [fail((error as Error).message, "codexcomp doctor --proxy none")], clock: undefined };
  }
  try {
    const proxyFor = proxyChoice(proxy, env);
    const all = await Promise.all(
      basesFor(upstream, login).map((base) => checkUpstream(base, proxyFor(base), network, lookUp)),
    );
    return {
      findings: all.flatMap((each) => each.findings),
      clock: all.map((each) => each.clock).find((clock) => clock !== undefined),
    };
  } finally {
    await network.close();
  }
}

/** The upstream of the login that there is; without one, both. */
function basesFor(upstream: string, login: Login["kind"]): URL[] {
  const bases = upstreamBases(upstream);
  const [chatgpt, platform] = bases;
  if (!chatgpt || !platform) return bases;
  if (login === "chatgpt") return [chatgpt];
  return login === "apiKey" ? [platform] : bases;
}

async function checkUpstream(
  base: URL,
  proxy: UpstreamProxy | undefined,
  network: UpstreamNetwork,
  lookUp: (name: string) => Promise<unknown>,
): Promise<UpstreamFindings> {
  const name = await checkName(base, proxy, lookUp);
  const isKnown = name.status === "ok" || isLeftToProxy(proxy);
  if (!isKnown) return { findings: [name, ...untried(base)], clock: undefined };
  const [http, webSocket] = await Promise.all([probeHttp(base, network), probeWebSocket(base, network)]);
  const clock =
    "status" in http && http.there !== undefined ? { there: http.there, here: http.here } : undefined;
  return {
    findings: [name, judgeTls(base, http), judgeHttp(base, http), judgeWebSocket(base, webSocket)],
    clock,
  };
}

async function checkName(
  base: URL,
  proxy: UpstreamProxy | undefined,
  lookUp: (name: string) => Promise<unknown>,
): Promise<Finding> {
  const { ok, fail, skipped } = findings("dns", `Name ${base.hostname}`);
  if (proxy && isLeftToProxy(proxy)) return skipped(`left to the proxy ${proxy.address}`);
  try {
    await lookUp(base.hostname.replace(/^\[|\]$/g, ""));
    return ok("found");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (OFFLINE.has(code))
      return skipped(`no name server answers: this machine seems to be offline (${code})`);
    // The rule in companies whose machines reach the outside through a proxy only.
    return fail(
      `not known (${code}); behind a company's proxy, name that proxy`,
      "codexcomp run --proxy http://HOST:PORT",
    );
  }
}

/** All but plain SOCKS 5 let the proxy look up the upstream's name. */
function isLeftToProxy(proxy: UpstreamProxy | undefined): boolean {
  return proxy !== undefined && proxy.scheme !== "socks5";
}

function untried(base: URL): Finding[] {
  const titles = { tls: `TLS ${base.host}`, https: httpTitle(base), websocket: `WebSocket ${base.host}` };
  return Object.entries(titles).map(([id, title]) => findings(id, title).skipped("without its address"));
}

function httpTitle({ protocol, host }: URL): string {
  return `${protocol.slice(0, -1).toUpperCase()} ${host}`;
}

function judgeTls(base: URL, probe: Answer | NoAnswer): Finding {
  const { ok, fail, skipped } = findings("tls", `TLS ${base.host}`);
  if (base.protocol !== "https:") return skipped("not encrypted, as its URL says");
  if ("status" in probe) return ok("certificate accepted");
  return isTlsFailure(probe)
    ? fail(
        `${probe.reason}; where a company inspects traffic, its authority must be trusted`,
        "codexcomp run --ca-file FILE.pem",
      )
    : skipped("no connection");
}

function judgeHttp(base: URL, probe: Answer | NoAnswer): Finding {
  const { ok, warn, fail, skipped } = findings("https", httpTitle(base));
  if (!("status" in probe)) {
    if (isTlsFailure(probe)) return skipped("not without TLS");
    if (OFFLINE.has(probe.code)) return skipped(`this machine seems to be offline: ${probe.reason}`);
    const isProxy = probe.reason.startsWith("the proxy");
    return fail(
      probe.reason,
      isProxy ? "codexcomp run --proxy none" : "codexcomp run --proxy http://HOST:PORT",
    );
  }
  const { status } = probe;
  if (status === 407) return fail("the proxy wants a login (407)", "codexcomp run --config FILE");
  if (status >= 500) return warn(`it answers, but is in trouble (${status})`);
  return ok(`reachable (it answers ${status})`);
}

/** WebSocket is a matter of speed: without it, Codex and codexcomp go on with POST requests. */
function judgeWebSocket(base: URL, probe: Answer | NoAnswer): Finding {
  const { ok, warn, skipped } = findings("websocket", `WebSocket ${base.host}`);
  if ("status" in probe) {
    const { status } = probe;
    if (isNotSpoken(status))
      return warn(`not spoken (it answers ${status}): Codex sends POST requests instead`);
    return ok(`reachable (it answers ${status})`);
  }
  if (isTlsFailure(probe)) return skipped("not without TLS");
  if (OFFLINE.has(probe.code)) return skipped(`this machine seems to be offline: ${probe.reason}`);
  return warn(
    `${probe.reason}; without it turns go as POST requests`,
    "codexcomp run --upstream-transport sse",
  );
}

function isTlsFailure({ reason }: NoAnswer): boolean {
  return reason.startsWith("TLS failed");
}
