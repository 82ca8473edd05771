import { request } from "node:http";
import type { Address } from "./baseUrl.js";

/** Who answers on a local port. */
export type Listener =
  | {
      readonly kind: "codexcomp";
      readonly version: string;
      readonly upstream: string;
      /** All that it said. */
      readonly health: Readonly<Record<string, unknown>>;
    }
  /** Something accepts connections, and is no codexcomp. */
  | { readonly kind: "other" }
  | { readonly kind: "nobody" };

const ENOUGH = 64 * 1024;

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

function listenerOf(text: string): Listener {
  try {
    const health = JSON.parse(text) as Record<string, unknown>;
    const { ok, version, upstream } = health;
    return ok === true && typeof version === "string" && typeof upstream === "string"
      ? { kind: "codexcomp", version, upstream, health }
      : { kind: "other" };
  } catch {
    return { kind: "other" };
  }
}
