import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";

/** The floor for any POST proxy: Node's own pipes, both ways, and nothing looked at. */
const upstream = new URL(process.argv[2] ?? "");

const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  const forwarded = ask(upstream, { method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
  });
  forwarded.on("error", () => response.destroy());
  response.on("close", () => forwarded.destroy());
  request.pipe(forwarded);
});

server.listen(0, "127.0.0.1", () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
