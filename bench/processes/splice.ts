import { connect, createServer, type AddressInfo } from "node:net";

/** The floor for any WebSocket proxy: two TCP connections joined, and nothing looked at. */
const upstream = new URL(process.argv[2] ?? "");

const server = createServer({ noDelay: true }, (client) => {
  const above = connect({ host: upstream.hostname, port: Number(upstream.port), noDelay: true });
  client.pipe(above).pipe(client);
  for (const [socket, other] of [
    [client, above],
    [above, client],
  ] as const) {
    socket.on("error", () => other.destroy());
    socket.on("close", () => other.destroy());
  }
});

server.listen(0, "127.0.0.1", () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
