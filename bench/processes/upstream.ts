import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import { parseJsonObject } from "../../src/protocol/event.js";
import { readPlay } from "./play.js";
import { endlessAnswer, perform, wholeAnswer } from "./score.js";

/**
 * An upstream that replays rounds and does nothing else, so that many streams of it cost little: it keeps no journal
 * and no conversation, and believes every request.
 */
const server = createServer(async (request, response) => {
  const body = parseJsonObject(await readAll(request)) ?? {};
  const play = readPlay(body);
  response.socket?.setNoDelay(true);
  if (body["stream"] !== true) {
    response.writeHead(200, { "content-type": "application/json" }).end(wholeAnswer(play));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  if (play.round === "endless") return pour(response);
  const stop = perform(
    play,
    "sse",
    (texts) => response.write(texts.join("")),
    () => response.end(),
  );
  response.on("close", stop);
});

/** Answer deltas as fast as they are taken. */
function pour(response: ServerResponse): void {
  const { beginning, delta } = endlessAnswer();
  const deltas = Buffer.from(delta.repeat(200));
  const more = (): void => {
    let room = true;
    while (room && !response.destroyed) room = response.write(deltas);
    response.once("drain", more);
  };
  response.write(beginning);
  more();
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const upgrades = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  maxPayload: 64 * 1024 * 1024,
  // where the client offers it, every event is compressed, small ones too
  perMessageDeflate: { threshold: 0 },
});
server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
  socket.setNoDelay(true);
  upgrades.handleUpgrade(request, socket, head, (client) => {
    let stop = (): void => {};
    client.on("message", (data: Buffer) => {
      const play = readPlay(parseJsonObject(data.toString()) ?? {});
      stop = perform(
        play,
        "frames",
        (texts) => {
          socket.cork();
          for (const text of texts) client.send(text);
          socket.uncork();
        },
        () => {},
      );
    });
    client.on("close", () => stop());
    client.on("error", () => {});
  });
});

const open = new Set<Socket>();
let receivedBefore = 0;
server.on("connection", (socket: Socket) => {
  open.add(socket);
  socket.on("close", () => {
    open.delete(socket);
    receivedBefore += socket.bytesRead;
  });
  socket.on("error", () => {});
});
process.on("message", (question) => {
  if (question !== "received") return;
  const value = [...open].reduce((sum, { bytesRead }) => sum + bytesRead, receivedBefore);
  process.send?.({ value });
});

server.listen(0, "127.0.0.1", () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
