import type { Authorities } from "./authorities.js";
import type { ProxyChoice } from "./proxyChoice.js";

/**
 * Says which proxies and authorities are in use.
 *
 * @param upstreams the base URLs that requests go to
 * @throws {UnusableNetwork} for a proxy that one of them would go through and cannot
 */
export function describeNetwork(
  upstreams: readonly URL[],
  proxyFor: ProxyChoice,
  files: Authorities["files"],
): string | undefined {
  const ways = upstreams.map((url) => {
    const proxy = proxyFor(url);
    return { host: url.host, via: proxy ? `through the proxy ${proxy.address} (${proxy.source})` : "direct" };
  });
  const [first] = ways;
  const isSame = ways.every(({ via }) => via === first?.via);
  const way = isSame
    ? first?.via
    : ways.map(({ host, via }) => (via === "direct" ? `${host} direct` : `${host} ${via}`)).join(", ");
  const parts = [
    ...(way === undefined || way === "direct" ? [] : [way]),
    ...files.map(({ path, source }) => `trusting the certificates in ${path} too (${source})`),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}
