import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { arrivals, type Arrivals } from "./arrivals.js";
import { tcpConnections, type Connections } from "./connections.js";
import type { UpstreamFrame } from "./frames.js";
import { openRequest, type OpenRequest, type RequestSource, type UpstreamRequest } from "./request.js";
import type { UpstreamSocket } from "./upstreamSocket.js";

/** Any HTTP request that arrived, upgrades and those for a response included. */
export interface HttpCall {
  readonly connection: number;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly isUpgrade: boolean;
  /** The body as it was sent. */
  readonly body: Buffer;
}

/** All that happens to a simulated upstream, in order. */
export interface Journal {
  readonly requests: Arrivals<UpstreamRequest>;
  readonly prewarms: Arrivals<UpstreamRequest>;
  readonly calls: Arrivals<HttpCall>;
  readonly frames: Arrivals<UpstreamFrame>;
  readonly sockets: Arrivals<UpstreamSocket>;
  readonly connections: Connections;
  call(request: IncomingMessage, body: Buffer, isUpgrade?: boolean): HttpCall;
  open(source: RequestSource): OpenRequest;
  frame(frame: UpstreamFrame): void;
  socket(socket: UpstreamSocket): void;
}

export function newJournal(): Journal {
  const requests = arrivals<UpstreamRequest>();
  const prewarms = arrivals<UpstreamRequest>();
  const calls = arrivals<HttpCall>();
  const frames = arrivals<UpstreamFrame>();
  const sockets = arrivals<UpstreamSocket>();
  const connections = tcpConnections();
  return {
    ...{ requests, prewarms, calls, frames, sockets, connections },
    call(request, body, isUpgrade = false) {
      const { method = "", url = "", headers, rawHeaders, socket } = request;
      const call = {
        connection: connections.numberOf(socket),
        method,
        url,
        headers,
        rawHeaders,
        isUpgrade,
        body,
      };
      calls.add(call);
      return call;
    },
    open(source) {
      const logOf = (isPrewarm: boolean) => (isPrewarm ? prewarms : requests);
      const open = openRequest(source, (isPrewarm) => logOf(isPrewarm).all.length + 1);
      logOf(open.record.isPrewarm).add(open.record);
      return open;
    },
    frame: frames.add,
    socket: sockets.add,
  };
}
