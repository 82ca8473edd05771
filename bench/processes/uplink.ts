import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * A slow line: towards the upstream each connection has a bandwidth and a delay of its own; what comes back is not
 * slowed. Arguments: upstream URL, Mbit/s, milliseconds.
 */
const upstream = new URL(process.argv[2] ?? "");
const bytesPerMillisecond = (Number(process.argv[3]) * 1_000_000) / 8 / 1000;
const delay = Number(process.argv[4]);

/** Bytes on the line or waiting for it past which the sender is paused, as a full socket buffer would. */
const QUEUE = 256 * 1024;
/** The line carries so much at a time, so that a large frame's first bytes do not wait for its last. */
const PACKET = 8 * 1024;

const server = createServer({ noDelay: true }, (client) => {
  const above = connect({ host: upstream.hostname, port: Number(upstream.port), noDelay: true });
  slowly(client, above);
  above.pipe(client);
  above.on("error", () => client.destroy());
  client.on("error", () => above.destroy());
  above.on("close", () => client.destroy());
  client.on("close", () => above.destroy());
});

function slowly(from: Socket, to: Socket): void {
  const line: { readonly arrives: number; readonly packet: Buffer }[] = [];
  let free = performance.now();
  let queued = 0;

  const arrive = (): void => {
    while (line[0] && line[0].arrives <= performance.now()) {
      to.write(line[0].packet);
      queued -= line[0].packet.length;
      line.shift();
    }
    if (queued <= QUEUE) from.resume();
    wait();
  };
  const wait = (): void => {
    if (line[0]) setTimeout(arrive, line[0].arrives - performance.now());
  };

  from.on("data", (chunk: Buffer) => {
    const idle = line.length === 0;
    for (let start = 0; start < chunk.length; start += PACKET) {
      const packet = chunk.subarray(start, start + PACKET);
      free = Math.max(free, performance.now()) + packet.length / bytesPerMillisecond;
      line.push({ arrives: free + delay, packet });
    }
    queued += chunk.length;
    if (queued > QUEUE) from.pause();
    if (idle) wait();
  });
}

server.listen(0, "127.0.0.1", () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
