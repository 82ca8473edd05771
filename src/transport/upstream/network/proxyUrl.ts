/** A proxy between us and the upstream. */
export interface UpstreamProxy {
  /** `socks5` resolves the upstream's name here, `socks5h` leaves that to the proxy, as curl does. */
  readonly scheme: "http" | "https" | "socks5" | "socks5h";
  /** IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Scheme, host and port: all of it that may be shown. */
  readonly address: string;
  /** Where the user wrote it: `--proxy`, `HTTPS_PROXY`, ... */
  readonly source: string;
}

/** A proxy URL or a file of certificates that cannot be used. The message names where it was set, and no credentials. */
export class UnusableNetwork extends Error {
  override readonly name = "UnusableNetwork";
}

/** The schemes understood, with their default ports. `socks://` is what desktop settings write for SOCKS 5. */
const SCHEMES = {
  "http:": { scheme: "http", port: 80 },
  "https:": { scheme: "https", port: 443 },
  "socks5:": { scheme: "socks5", port: 1080 },
  "socks5h:": { scheme: "socks5h", port: 1080 },
  "socks:": { scheme: "socks5h", port: 1080 },
} as const;

/**
 * Reads a proxy's URL. One without a scheme is an HTTP proxy's, as everywhere.
 *
 * @param source where it was set, for messages
 * @throws {UnusableNetwork}
 */
export function readProxyUrl(text: string, source: string): UpstreamProxy {
  const url = parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (!url) throw unusable(source, "it is not a URL");
  const known = SCHEMES[url.protocol as keyof typeof SCHEMES];
  if (!known) throw unusable(source, `"${url.protocol}" is not one of http:, https:, socks5: and socks5h:`);
  // "http://me:pa/ss@proxy" is a URL of the host "me". Showing that host would show half of the password.
  if (`${url.pathname}${url.search}${url.hash}`.includes("@")) {
    throw unusable(source, "special characters in its user name or password must be percent-encoded");
  }
  const port = Number(url.port) || known.port;
  return {
    scheme: known.scheme,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port,
    credentials: credentialsOf(url, known.scheme, source),
    address: `${known.scheme}://${url.hostname}:${port}`,
    source,
  };
}

function parse(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.hostname === "" ? undefined : url;
}

function credentialsOf(
  { username, password }: URL,
  scheme: UpstreamProxy["scheme"],
  source: string,
): UpstreamProxy["credentials"] {
  if (username === "" && password === "") return undefined;
  const credentials = { username: decoded(username, source), password: decoded(password, source) };
  // RFC 1929 gives each one byte for its length.
  if (
    scheme.startsWith("socks") &&
    Object.values(credentials).some((text) => Buffer.byteLength(text) > 255)
  ) {
    throw unusable(source, "SOCKS user names and passwords have at most 255 bytes");
  }
  return credentials;
}

function decoded(text: string, source: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unusable(source, "the percent-encoding of its user name or password is broken");
  }
}

function unusable(source: string, why: string): UnusableNetwork {
  return new UnusableNetwork(`the proxy URL in ${source} cannot be used: ${why}`);
}
