import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

/** What happens to the bytes between the upstream and the proxy under test. */
export type Blow =
  /** the connection is reset */
  | { readonly kind: "reset" }
  /** nothing more is sent and the sending side is closed; what the proxy sends is still read */
  | { readonly kind: "half close" }
  /** nothing more comes, and nothing is closed */
  | { readonly kind: "stall" }
  /** the next piece is cut in its middle, and the connection closed */
  | { readonly kind: "truncate" }
  /** bytes that belong nowhere; then what should have come, or (`ends`) the connection's end */
  | { readonly kind: "garbage"; readonly bytes: Uint8Array; readonly ends?: boolean }
  /** so many of the next bytes arrive one by one */
  | { readonly kind: "trickle"; readonly bytes: number }
  /** all connections are reset, and nobody listens until `revive` */
  | { readonly kind: "restart" };

/** A TCP proxy in front of an upstream that breaks connections where it is told to. */
export interface FaultProxy {
  readonly url: string;
  /** Connections that are open on the side of the proxy under test. */
  readonly open: number;
  /** Waits until everything the upstream has sent is through. @param sent bytes sent by the upstream so far */
  settled(sent: () => number): Promise<void>;
  /** Hits the connection on which the proxy under test has written last. */
  strike(blow: Blow): Promise<void>;
  /** Waits until the proxy under test has ended the connection on which it has written last. */
  dropped(): Promise<void>;
  /** The next connection's first answer waits for this. */
  holdFirst(until: () => Promise<void>): void;
  /** Listens again after a restart. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

interface Pair {
  readonly below: Socket;
  readonly above: Socket;
  /** To the proxy under test, as it comes. */
  readonly straight: (chunk: Buffer) => void;
  pass: (chunk: Buffer) => void;
  /** The upstream's ends and losses pass too. */
  whole: boolean;
}

/**
 * Who listens again after a restart wants the same port. On 127.0.0.1 somebody else may have been given it meanwhile, so
 * each process has an address of its own where all of 127.0.0.0/8 is this machine.
 */
const HOST =
  process.platform === "linux"
    ? `127.1.${(process.pid >> 8) & 255}.${Math.max(process.pid & 255, 1)}`
    : "127.0.0.1";

export async function faultProxy(upstreamPort: number): Promise<FaultProxy> {
  const pairs = new Set<Pair>();
  let latest: Pair | undefined;
  let received = 0;
  let gate: (() => Promise<void>) | undefined;
  let port = 0;
  let server: Server;

  const join = (below: Socket): void => {
    const above = connect({ port: upstreamPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    below.setNoDelay(true);
    const straight = (chunk: Buffer): void => {
      if (!below.destroyed && !below.writableEnded && !below.write(chunk)) above.pause();
    };
    const pair: Pair = { below, above, straight, pass: straight, whole: true };
    pairs.add(pair);
    if (gate) holdBack(pair, gate);
    gate = undefined;
    below.on("drain", () => above.resume());
    below.on("data", (chunk) => {
      latest = pair;
      if (!above.destroyed) above.write(chunk);
    });
    above.on("data", (chunk) => {
      received += chunk.length;
      pair.pass(chunk);
    });
    below.on("end", () => above.end());
    above.on("end", () => {
      if (pair.whole) below.end();
    });
    below.on("close", () => {
      pairs.delete(pair);
      above.destroy();
    });
    above.on("close", () => {
      if (pair.whole) below.destroySoon();
    });
    below.on("error", () => {});
    above.on("error", () => {});
  };

  const listen = async (): Promise<void> => {
    server = createServer({ allowHalfOpen: true }, join).listen(port, HOST);
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const { below } of pairs) below.resetAndDestroy();
    await closed;
  };
  await listen();

  return {
    url: `http://${HOST}:${port}`,
    get open() {
      return pairs.size;
    },
    async settled(sent) {
      // What was sent into a connection that is gone does not come any more.
      for (let idle = 0, seen = received; received < sent() && idle < 50; idle++) {
        await nextTurn();
        if (received > seen) [idle, seen] = [0, received];
      }
      for (const _ of [1, 2, 3, 4]) await nextTurn();
    },
    async strike(blow) {
      if (blow.kind === "restart") return stop();
      if (latest) hit(latest, blow);
    },
    async dropped() {
      if (latest && !latest.below.closed) await once(latest.below, "close");
      for (const _ of [1, 2, 3, 4]) await nextTurn();
    },
    holdFirst: (until) => (gate = until),
    revive: listen,
    close: stop,
  };
}

/** Keeps an answer's first bytes until the fault has happened. */
function holdBack(pair: Pair, until: () => Promise<void>): void {
  pair.pass = (chunk) => {
    const waiting = [chunk];
    const hold = (more: Buffer): void => void waiting.push(more);
    pair.pass = hold;
    void until().then(() => {
      if (pair.pass === hold) pair.pass = pair.straight;
      waiting.forEach((piece) => pair.pass(piece));
    });
  };
}

function hit(pair: Pair, blow: Exclude<Blow, { kind: "restart" }>): void {
  const { below } = pair;
  pair.whole = blow.kind === "garbage" || blow.kind === "trickle";
  if (blow.kind === "reset") {
    below.resetAndDestroy();
  } else if (blow.kind === "half close") {
    pair.pass = () => {};
    below.end();
  } else if (blow.kind === "stall") {
    pair.pass = () => {};
  } else if (blow.kind === "truncate") {
    pair.pass = (chunk) => {
      pair.pass = () => {};
      below.end(chunk.subarray(0, Math.min(12, chunk.length - 1)));
    };
  } else if (blow.kind === "garbage") {
    if (blow.ends) pair.pass = () => {};
    below.write(blow.bytes);
    if (blow.ends) below.end();
  } else {
    pair.pass = trickling(pair, blow.bytes);
  }
}

/** Passes bytes one by one, each in a turn of the event loop of its own; then whole pieces again. */
function trickling(pair: Pair, bytes: number): Pair["pass"] {
  let left = bytes;
  let tail = Promise.resolve();
  return (chunk) => {
    tail = tail.then(async () => {
      let at = 0;
      for (; at < chunk.length && left > 0 && !pair.below.destroyed; at++, left--) {
        pair.below.write(chunk.subarray(at, at + 1));
        await nextTurn();
      }
      if (at < chunk.length) pair.straight(chunk.subarray(at));
    });
  };
}
