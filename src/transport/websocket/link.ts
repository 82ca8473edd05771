import { ABNORMAL, closeAs } from "./closing.js";
import { flowingSocket, sharedFeeder, type Feeder, type FlowingSocket, type Side } from "./flow.js";
import { heartbeat } from "./heartbeat.js";

/** Two joined sockets. */
export interface Link {
  readonly toClient: FlowingSocket;
  readonly toUpstream: FlowingSocket;
  /** Makes the client wait. */
  readonly client: Feeder;
}

/** What becomes of what arrives. */
export interface LinkListener {
  fromClient(data: Buffer, binary: boolean): void;
  fromUpstream(data: Buffer, binary: boolean): void;
  /** The upstream goes on, after it had to wait for the client to read. */
  upstreamResumes?(): void;
  /** The client is gone; the upstream is being closed. */
  clientGone?(): void;
  /** The upstream is gone; what is sent to the client now arrives before the end of its connection. */
  upstreamGone?(): void;
}

/**
 * Joins a client's WebSocket to an upstream's: pings, pongs, closes and backpressure pass both ways as they are. What
 * becomes of messages is the listener's to say.
 */
export function link(client: Side, upstream: Side, listen: (link: Link) => LinkListener): void {
  const below = client.socket;
  const above = upstream.socket;
  const clientFeeder = sharedFeeder(below);
  // To a client on the same machine nothing is worth compressing.
  const upstreamFeeder: Feeder = {
    pause: () => above.pause(),
    resume: () => {
      above.resume();
      listener.upstreamResumes?.();
    },
  };
  const toClient = flowingSocket(client, { feeder: upstreamFeeder, compress: false });
  const toUpstream = flowingSocket(upstream, { feeder: clientFeeder, compress: true });
  const listener = listen({ toClient, toUpstream, client: clientFeeder });

  below.on("message", (data: Buffer, binary) => listener.fromClient(data, binary));
  below.on("ping", (data) => toUpstream.ping(data));
  below.on("pong", (data) => toUpstream.pong(data));
  above.on("message", (data: Buffer, binary) => listener.fromUpstream(data, binary));
  above.on("ping", (data) => toClient.ping(data));
  const stopHeartbeat = heartbeat(above, (data) => toClient.pong(data));

  below.on("close", (code, reason) => {
    listener.clientGone?.();
    if (code === ABNORMAL) above.terminate();
    else closeAs(upstream, code, reason);
  });
  above.on("close", (code, reason) => {
    stopHeartbeat();
    listener.upstreamGone?.();
    closeAs(client, code, reason);
  });
  // It broke the protocol: `ws` says so to it and waits for its answer, and the other side need not.
  below.on("error", () => above.terminate());
  above.on("error", () => above.terminate());

  if (below.readyState !== below.OPEN) above.terminate();
  else if (above.readyState === above.OPEN) above.resume();
  else closeAs(client, ABNORMAL, "");
}
