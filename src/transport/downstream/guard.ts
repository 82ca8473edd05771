import type { IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";

/**
 * Why a request must not be served: it comes from a web page, not from a program of the user's.
 *
 * A page can make a browser send requests to loopback addresses. `Host` shows DNS rebinding (the page's own name,
 * pointed at 127.0.0.1); `Origin` and `Sec-Fetch-Site` show other sites. Programs send neither of the latter.
 *
 * @param host the address we were told to listen on
 * @returns the reason in words, or `undefined` where the request may be served
 */
export function whyForbidden(
  { headers }: Pick<IncomingMessage, "headers">,
  host: string,
): string | undefined {
  const name = hostName(headers.host);
  if (name === undefined || !(isLoopbackName(name) || name === host.toLowerCase() || isWildcard(host))) {
    return `Host "${printable(headers.host ?? "")}" is not an address of this proxy; use http://127.0.0.1.`;
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`) {
    return `Requests from web pages (Origin "${printable(origin)}") are not served.`;
  }
  const site = headers["sec-fetch-site"];
  if (site === "cross-site" || site === "same-site") return "Requests from other web sites are not served.";
  return undefined;
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function isLoopbackName(name: string): boolean {
  return isLoopback(name) || name.endsWith(".localhost");
}

/** Listening on every address (which needs `--allow-remote`) means being called by any name. */
function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function hostName(host: string | undefined): string | undefined {
  const match = /^(?:\[([\da-f:.]+)\]|([^:/@\s]+))(?::\d+)?$/i.exec(host ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
