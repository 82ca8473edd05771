import { BlockList, isIP } from "node:net";

type Rule = (hostname: string, port: number) => boolean;

/**
 * Reads a `NO_PROXY` list as curl, Go and reqwest (so Codex) do. Entries are separated by commas or spaces:
 * `*` is everything; `example.com`, `.example.com` and `*.example.com` are that host and all below it; `10.1.2.3`,
 * `10.0.0.0/8` and `fd00::/8` are addresses, matched where the URL has an address (no name is looked up for it).
 * `:port` at the end of an entry restricts it to that port. What cannot be read matches nothing.
 */
export function matchesNoProxy(list: string): (url: URL) => boolean {
  const rules = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map(ruleOf);
  return (url) => {
    const port = Number(url.port) || (/^(https|wss):$/.test(url.protocol) ? 443 : 80);
    return rules.some((matches) => matches(hostnameOf(url), port));
  };
}

/** A URL's host name, IPv6 without brackets and without the dot that may end a name. */
export function hostnameOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$|\.$/g, "").toLowerCase();
}

function ruleOf(entry: string): Rule {
  if (entry === "*") return () => true;
  const [, name = "", onlyPort] = splitPort(entry);
  const matches = /^[\d.]+$|:/.test(name.split("/", 1)[0] ?? "") ? addressRule(name) : nameRule(name);
  return (hostname, port) => (onlyPort === undefined || Number(onlyPort) === port) && matches(hostname);
}

/** `host`, `host:port`, `::1`, `[::1]`, `[::1]:port`. */
function splitPort(entry: string): readonly (string | undefined)[] {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry);
  if (bracketed) return bracketed;
  const isBareIPv6 = isIP(entry.split("/", 1)[0] ?? "") === 6;
  return isBareIPv6 ? [entry, entry] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
}

function nameRule(name: string): (hostname: string) => boolean {
  const domain = name
    .replace(/^\*?\./, "")
    .replace(/\.$/, "")
    .toLowerCase();
  return (hostname) => hostname === domain || hostname.endsWith(`.${domain}`);
}

function addressRule(range: string): (hostname: string) => boolean {
  const list = new BlockList();
  const [address = "", prefix] = range.split("/", 2);
  try {
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  } catch {
    return () => false;
  }
  return (hostname) => isIP(hostname) !== 0 && list.check(hostname, familyOf(hostname));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
