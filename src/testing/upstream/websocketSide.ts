import { setMaxListeners } from "node:events";
import { STATUS_CODES, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import { headerPairs } from "../../protocol/rawHeaders.js";
import { reply, replyBody, toRawHeaders, type Reply } from "./answer.js";
import { connectionConversations, type Conversations } from "./conversations.js";
import { websocketChannel } from "./frameSink.js";
import { errorFrame, readFrame, unreadable } from "./frames.js";
import { noSuchUrl, pathOf, scriptFailed } from "./httpSide.js";
import type { HttpCall, Journal } from "./journal.js";
import type { SimulatedUpstreamOptions } from "./options.js";
import type { OpenRequest, UpstreamRequest } from "./request.js";
import { respond, type Upstream } from "./respond.js";
import { steering } from "./steering.js";
import { controlledSocket } from "./controlledSocket.js";

/** Answers WebSocket upgrades, and the frames that follow. */
export function websocketSide(
  options: SimulatedUpstreamOptions,
  upstream: Upstream,
  stored: Conversations,
  journal: Journal,
): (request: IncomingMessage, socket: Socket, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: options.compression !== false,
    maxPayload: MAX_FRAME,
  });
  server.on("headers", (lines) => lines.push(...headerLines(toRawHeaders(options.headers))));
  let upgrades = 0;

  return (request, socket, head) => {
    socket.on("error", () => undefined); // a reset is no news: `closed` tells
    const call = journal.call(request, Buffer.alloc(0), true);
    const refusal = pathOf(call).endsWith("/responses")
      ? refusalOf(options.websocket, call, upgrades++)
      : noSuchUrl(call);
    if (refusal) return refuseUpgrade(socket, refusal);
    server.handleUpgrade(request, socket, head, (client) =>
      converse({ client, request, socket, options, upstream, stored, journal }),
    );
  };
}

/** Codex' frames can hold images. */
const MAX_FRAME = 256 * 1024 * 1024;

interface Connection {
  readonly client: WebSocket;
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly options: SimulatedUpstreamOptions;
  readonly upstream: Upstream;
  readonly stored: Conversations;
  readonly journal: Journal;
}

function converse({ client, request, socket, options, upstream, stored, journal }: Connection): void {
  const control = controlledSocket(client, request, socket, journal.connections.numberOf(socket));
  const { connection } = control;
  const conversations = connectionConversations(stored);
  const steers = steering(conversations);
  const running = new Set<UpstreamRequest>();
  const lanes = new Map<string, Promise<void>>();
  const gone = goneWith(client);
  let counted = 0;

  const arrive = (text: string, isSteered: boolean): OpenRequest => {
    const wireBytes = control.bytesReceived - counted;
    counted += wireBytes;
    const open = journal.open({
      ...{ transport: "websocket", connection, message: request, text, wireBytes, isSteered },
      backend: options.backend,
    });
    gone.addEventListener("abort", () => open.settle("aborted"), { once: true });
    return open;
  };

  const turn = async (open: OpenRequest): Promise<void> => {
    if (gone.aborted) return;
    const { record } = open;
    const { streamId, body } = record;
    const channel = websocketChannel(client, socket, streamId, gone);
    const queued = steers.take(body["previous_response_id"]);
    running.add(record);
    try {
      open.settle(await respond(open, channel, conversations, streamId ?? "", upstream, queued));
    } catch (error) {
      await channel.reply(scriptFailed(error));
      open.settle("broken");
    }
    running.delete(record);
    const { events, successor } = steers.after(record);
    for (const event of events) client.send(JSON.stringify(event));
    if (successor) await turn(arrive(JSON.stringify(successor), true));
  };

  client.on("error", () => undefined);
  client.on("message", (data, isBinary) => {
    const frame = readFrame(data, isBinary, connection);
    journal.frame(frame);
    const { text, json, type } = frame;
    if (text === undefined) return;
    if (!json) return client.send(errorFrame(unreadable));
    if (type === "response.steer") return client.send(JSON.stringify(steers.steer(json, running)));
    if (type !== "response.create") return;
    // a lane does one response after the other, lanes go side by side (types of the openai package)
    const open = arrive(text, false);
    const lane = open.record.streamId ?? "";
    const before = lanes.get(lane) ?? Promise.resolve();
    lanes.set(
      lane,
      before.then(() => turn(open)),
    );
  });
  journal.socket(control);
}

function refusalOf(
  websocket: SimulatedUpstreamOptions["websocket"],
  call: HttpCall,
  index: number,
): Reply | undefined {
  if (websocket === false) return reply(426, undefined, { upgrade: "websocket" });
  if (typeof websocket === "function") return websocket(call);
  return typeof websocket === "object" ? websocket[index] : undefined;
}

/** Answers an upgrade with something else than 101. */
function refuseUpgrade(socket: Socket, reply: Reply): void {
  const { bytes, contentType } = replyBody(reply);
  const headers = toRawHeaders({
    connection: "close",
    "content-length": String(bytes.length),
    ...(reply.body !== undefined && { "content-type": contentType }),
    ...reply.headers,
  });
  const lines = [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ""}`];
  socket.end(Buffer.concat([Buffer.from([...lines, ...headerLines(headers), "", ""].join("\r\n")), bytes]));
}

function headerLines(raw: readonly string[]): string[] {
  return headerPairs(raw).map(([name, value]) => `${name}: ${value}`);
}

/** A signal that aborts when the connection is closed. */
function goneWith(socket: WebSocket): AbortSignal {
  const away = new AbortController();
  setMaxListeners(0, away.signal);
  socket.once("close", () => away.abort());
  return away.signal;
}
