import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { promisify } from "node:util";
import type { Counted, Momentary } from "../metrics/countReports.js";
import { exposition } from "../metrics/exposition.js";
import { isLoopback } from "./downstream/guard.js";
import { respondError } from "./downstream/respond.js";
import type { ProxyOptions } from "./options.js";

/** Where a scrape finds its numbers. */
export interface ScrapeSources {
  readonly counted: Counted;
  readonly openTurns: () => number;
  readonly extraTokens: () => Momentary["extraTokens"];
  /** All connections. */
  readonly server: Server;
  /** Of these, the WebSockets. */
  readonly webSockets: () => number;
}

/** Answers `GET /metrics`, to whom `metrics` lets in. What the request's headers say has been looked at. */
export async function serveMetrics(
  { counted, openTurns, extraTokens, server, webSockets }: ScrapeSources,
  allowed: ProxyOptions["metrics"],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const why = whyRefused(request, allowed);
  if (why) return respondError(response, ...why);
  const connections = await promisify(server.getConnections.bind(server))();
  const websocket = webSockets();
  const momentary = {
    openTurns: openTurns(),
    extraTokens: extraTokens(),
    openConnections: { http: Math.max(0, connections - websocket), websocket },
  };
  const { contentType, text } = await exposition(counted.metrics(momentary, Date.now()));
  response.writeHead(200, { "content-type": contentType, "cache-control": "no-store" });
  response.end(text);
}

function whyRefused(
  { socket }: IncomingMessage,
  allowed: ProxyOptions["metrics"],
): [number, string, string, string] | undefined {
  if (allowed === "off") {
    return [404, "invalid_request_error", "Metrics are switched off (--metrics off).", "not_found"];
  }
  const from = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  if (allowed === "all" || isLoopback(from)) return undefined;
  const message = "Metrics are for programs on the proxy's own machine; --metrics all opens them to others.";
  return [403, "invalid_request_error", message, "forbidden"];
}
