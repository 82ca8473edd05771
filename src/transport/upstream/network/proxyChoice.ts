import { isLoopback } from "../../downstream/guard.js";
import { hostnameOf, matchesNoProxy } from "./noProxy.js";
import { readProxyUrl, type UpstreamProxy } from "./proxyUrl.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL, or `undefined` where the way is direct.
 *
 * @throws {UnusableNetwork} for a proxy that would have to be used and cannot be
 */
export type ProxyChoice = (url: URL) => UpstreamProxy | undefined;

/**
 * Decides which proxy a URL goes through. A `setting` is the last word: `none`, or one proxy for everything, loopback
 * included. Without it the variables decide as they do for curl (and for Codex itself): `HTTPS_PROXY` for https and
 * wss, `HTTP_PROXY` for http and ws, else `ALL_PROXY`; never for loopback and for what `NO_PROXY` lists. Lower case
 * wins over upper case, and an empty variable is none.
 *
 * @throws {UnusableNetwork} for a `setting` that cannot be used
 */
export function proxyChoice(setting: string | undefined, env: Environment): ProxyChoice {
  if (setting === "none") return () => undefined;
  if (setting !== undefined) {
    const proxy = readProxyUrl(setting, "--proxy");
    return () => proxy;
  }
  const listed = matchesNoProxy(variable(env, "NO_PROXY")?.value ?? "");
  const known = new Map<string, UpstreamProxy>();
  return (url) => {
    if (isLoopbackName(hostnameOf(url)) || listed(url)) return undefined;
    const found = variable(env, isSecure(url) ? "HTTPS_PROXY" : "HTTP_PROXY") ?? variable(env, "ALL_PROXY");
    if (!found) return undefined;
    const proxy = known.get(found.name) ?? readProxyUrl(found.value, found.name);
    known.set(found.name, proxy);
    return proxy;
  };
}

/** True for the schemes that begin with TLS. */
export function isSecure({ protocol }: Pick<URL, "protocol">): boolean {
  return protocol === "https:" || protocol === "wss:";
}

function variable(env: Environment, name: string): { name: string; value: string } | undefined {
  for (const spelling of [name.toLowerCase(), name]) {
    const value = env[spelling]?.trim();
    if (value) return { name: spelling, value };
  }
  return undefined;
}

function isLoopbackName(hostname: string): boolean {
  return isLoopback(hostname) || hostname.endsWith(".localhost");
}
