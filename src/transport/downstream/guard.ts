import type { IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";
import { headerValues } from "../../protocol/rawHeaders.js";
import type { ProxyOptions } from "../options.js";

/** Why a request is not served: what to answer. */
export interface Inadmissible {
  readonly status: 400 | 403 | 421;
  readonly code: string;
  readonly message: string;
}

/** Whom to serve. */
export type Guard = Pick<ProxyOptions, "host" | "allowHost">;

export type Guarded = Pick<IncomingMessage, "url" | "headers" | "rawHeaders" | "socket">;

/**
 * Why a request must not be served: it is ambiguous, it is meant for somebody else, or it comes from a web page, not
 * from a program of the user's.
 *
 * A page can make a browser send requests to this machine. `Host` shows DNS rebinding (the page's own name, pointed at
 * our address); `Origin` and `Sec-Fetch-Site` show other sites. Programs send neither of the latter.
 *
 * @returns `undefined` where the request may be served
 */
export function whyInadmissible(request: Guarded, guard: Guard): Inadmissible | undefined {
  const { headers, rawHeaders, socket } = request;
  if (headerValues(rawHeaders, "host").length > 1) {
    const message = "The request has more than one Host header.";
    return { status: 400, code: "invalid_host", message };
  }
  const isServed = (authority: string | undefined): boolean => {
    const name = hostName(authority);
    return name !== undefined && (isLoopbackName(name) || namesOf(guard, socket).includes(name));
  };
  const target = absoluteTarget(request.url);
  if (
    target &&
    !(target.scheme === "http" && isServed(target.authority) && isOurPort(target.authority, request))
  ) {
    const message = `This proxy does not answer for "${printable(target.authority)}": it is no forward proxy.`;
    return { status: 421, code: "misdirected_request", message };
  }
  const forbidden = (message: string): Inadmissible => ({ status: 403, code: "forbidden", message });
  if (!isServed(headers.host)) {
    const host = `Host "${printable(headers.host ?? "")}" is not an address of this proxy`;
    return forbidden(`${host}; use http://127.0.0.1, or start codexcomp with --allow-host and that name.`);
  }
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`) {
    return forbidden(`Requests from web pages (Origin "${printable(origin)}") are not served.`);
  }
  const site = headers["sec-fetch-site"];
  if (site === "cross-site" || site === "same-site")
    return forbidden("Requests from other web sites are not served.");
  return undefined;
}

/** The path and query of a request's target, in absolute form too (RFC 9112, 3.2.2). */
export function originForm(url = "/"): string {
  const target = absoluteTarget(url);
  if (!target) return url;
  return target.path.startsWith("/") ? target.path : `/${target.path}`;
}

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}

function isLoopbackName(name: string): boolean {
  return isLoopback(name) || name.endsWith(".localhost");
}

/** What the proxy is called beside the loopback names; one that listens everywhere has all of this machine's addresses. */
function namesOf({ host, allowHost }: Guard, { localAddress = "" }: Guarded["socket"]): string[] {
  const isEverywhere = host === "0.0.0.0" || host === "::";
  const own = isEverywhere ? [localAddress.replace(/^::ffff:(?=\d+\.)/, "")] : [];
  return [host, ...own, ...allowHost].map((name) => hostName(name) ?? name.toLowerCase());
}

/** Behind a mapped port (a container's), the client knows another number than we do. */
function isOurPort(authority: string, { headers, socket }: Guarded): boolean {
  const [, port = "80"] = /:(\d+)$/.exec(authority) ?? [];
  return Number(port) === socket.localPort || authority.toLowerCase() === headers.host?.toLowerCase();
}

function absoluteTarget(url = ""): { scheme: string; authority: string; path: string } | undefined {
  const [, scheme, authority, path] = /^([a-z][a-z\d+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  if (scheme === undefined || authority === undefined || path === undefined) return undefined;
  return { scheme: scheme.toLowerCase(), authority, path };
}

function hostName(host: string | undefined): string | undefined {
  const match = /^(?:\[([\da-f:.]+)\]|([^:/@\s]+))(?::\d+)?$/i.exec(host ?? "");
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
