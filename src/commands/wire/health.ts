import { request } from "node:http";
import { printable } from "../../reports/printable.js";

/** Who answers on a local port. */
export type Listener =
  | {
      readonly kind: "codexcomp";
      readonly version: string;
      readonly upstream: string;
      /** All that it said. Its texts can be shown; which type anything is of is for the reader to check. */
      readonly health: Readonly<Record<string, unknown>>;
    }
  /** Something accepts connections, and is no codexcomp. */
  | { readonly kind: "other" }
  | { readonly kind: "nobody" };

const ENOUGH = 64 * 1024;
const LONGEST_TEXT = 200;

/**
 * Asks `/healthz`, directly whatever proxies the environment names. Costs the proxy nothing.
 *
 * @param timeoutMs a listener that takes longer is taken for something else
 */
export function askHealth({ host, port }: Address, timeoutMs = 2000): Promise<Listener> {
  return new Promise((resolve) => {
    // `agent: false` makes an agent of its own, which no NODE_USE_ENV_PROXY sends elsewhere.
    const asking = request({ host, port, path: "/healthz", agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.length > ENOUGH) asking.destroy();
      });
      response.on("close", () => settle(listenerOf(text)));
    });
    const timer = setTimeout(() => asking.destroy(), timeoutMs);
    const settle = (listener: Listener): void => {
      clearTimeout(timer);
      resolve(listener);
    };
    asking.on("error", ({ code }: NodeJS.ErrnoException) =>
      settle({ kind: code === "ECONNREFUSED" || code === "EADDRNOTAVAIL" ? "nobody" : "other" }),
    );
    asking.end();
  });
}

/** Anybody may answer on a port. */
function listenerOf(text: string): Listener {
  try {
    const health = JSON.parse(text, (_key, value: unknown) =>
      typeof value === "string" ? printable(withoutCredentials(value.slice(0, LONGEST_TEXT))) : value,
    ) as Record<string, unknown>;
    const { ok, version, upstream } = health;
    return ok === true && typeof version === "string" && typeof upstream === "string"
      ? { kind: "codexcomp", version, upstream, health }
      : { kind: "other" };
  } catch {
    return { kind: "other" };
  }
}

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
  return typeof value === "string" ? `"${printable(withoutCredentials(value))}"` : "no text";
}

/** Hides what may be a secret in the URLs of a text: user, password, query. */
export function withoutCredentials(text: string): string {
  return text.replace(/(?<=:\/\/)[^/?#\s"']*@/g, "***@").replace(/(?<=:\/\/[^\s"'?]*)\?[^\s"']+/g, "?***");
}
