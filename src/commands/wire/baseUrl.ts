const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** The value of `openai_base_url` for a proxy on this machine. Not `localhost`: that may mean `::1`. */
export function baseUrlOf(port: number): string {
  return `http://127.0.0.1:${port}/v1`;
}

/** Where a local proxy listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The local proxy that an `openai_base_url` leads to; `undefined` where it leads anywhere else. */
export function localAddress(baseUrl: unknown): Address | undefined {
  if (typeof baseUrl !== "string" || !URL.canParse(baseUrl)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(baseUrl);
  const isLocal = protocol === "http:" && LOOPBACK.test(hostname) && /^\/v1\/?$/.test(pathname);
  return isLocal ? { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80) } : undefined;
}

/** A value of the config in words that can be shown: URLs without user, password and query. */
export function shown(value: unknown): string {
  return typeof value === "string" ? `"${withoutCredentials(value)}"` : "no text";
}

/** Hides what may be a secret in the URLs of a text: user, password, query. */
export function withoutCredentials(text: string): string {
  return text.replace(/(?<=:\/\/)[^/?#\s"']*@/g, "***@").replace(/(?<=:\/\/[^\s"'?]*)\?[^\s"']+/g, "?***");
}
