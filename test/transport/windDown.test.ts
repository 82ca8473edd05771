import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BehaviorSubject } from "rxjs";
import { expect, onTestFinished, test } from "vitest";
import { arrivals } from "../../src/transport/arrivals.js";
import { closePort, noneOf } from "../../src/transport/windDown.js";

test("there is none of either only where there is none of both at the same time", async () => {
  const [posts, turns] = [new BehaviorSubject(1), new BehaviorSubject(0)];
  let none = false;
  void noneOf(posts, turns).then(() => (none = true));
  turns.next(1);
  posts.next(0);
  await nextTurn();
  expect(none).toBe(false);
  turns.next(0);
  await nextTurn();
  expect(none).toBe(true);
});

test("whoever has reached the port before it is closed is served, many at once as well", async () => {
  const server = createServer((_, response) => response.end("served"));
  const arriving = arrivals(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  // The system has made the connections by then; the server has accepted a few of them.
  const clients = Array.from({ length: 100 }, () => connect(port, "127.0.0.1"));
  onTestFinished(() => clients.forEach((client) => client.destroy()));
  await Promise.all(clients.map((client) => once(client, "connect")));

  await arriving.accepted();
  void closePort(server);
  const answers = clients.map(async (client) => {
    client.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    const chunks: Buffer[] = [];
    for await (const chunk of client) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  });
  await arriving.asked();
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/served$/);
});
