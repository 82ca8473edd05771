import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Delivery } from "./answer.js";
import type { EventSink } from "./deliver.js";
import { errorFrame } from "./frames.js";
import type { Channel } from "./respond.js";

/** Answers one `response.create` frame. @param streamId the lane whose name every event carries */
export function websocketChannel(
  socket: WebSocket,
  tcp: Socket,
  streamId: string | undefined,
  gone: AbortSignal,
): Channel {
  const tagged = (text: string): string =>
    streamId === undefined || !text.endsWith("}")
      ? text
      : `${text.slice(0, -1)},"stream_id":${JSON.stringify(streamId)}}`;
  return {
    async reply(reply) {
      await send(socket, tagged(errorFrame(reply)), {});
      if (reply.close) socket.close(reply.close.code, reply.close.reason);
    },
    stream: (delivery) => frameSink(socket, tcp, delivery, tagged, gone),
  };
}

/** How much may wait to be sent before a slow client pauses the events, in bytes. */
const BUFFERED = 256 * 1024;

function frameSink(
  socket: WebSocket,
  tcp: Socket,
  delivery: Delivery,
  tagged: (text: string) => string,
  gone: AbortSignal,
): EventSink {
  return {
    gone,
    async write(texts) {
      if (texts.length === 1) return send(socket, tagged(texts[0] ?? ""), delivery);
      tcp.cork();
      // uncompressed, for compression would finish after the cork is drawn
      for (const text of texts) socket.send(tagged(text), { compress: false });
      tcp.uncork();
    },
    end: () => Promise.resolve(),
    async break(fault, next) {
      if (next !== undefined) {
        const text = Buffer.from(tagged(next));
        socket.send(text.subarray(0, text.length / 2), { fin: false, binary: false, compress: false });
      }
      await drained(socket, tcp);
      if (fault.kind === "reset") tcp.resetAndDestroy();
      else if (fault.code !== undefined) socket.close(fault.code, fault.reason);
      else tcp.end();
    },
    async garbage(bytes) {
      await drained(socket, tcp);
      tcp.write(bytes);
    },
  };
}

async function send(socket: WebSocket, text: string, { chunkBytes }: Delivery | Record<string, never>) {
  if (socket.readyState !== socket.OPEN) return;
  const bytes = Buffer.from(text);
  const size = chunkBytes ?? bytes.length;
  for (let start = 0; start < bytes.length; start += size) {
    if (start > 0) await nextTurn();
    const fin = start + size >= bytes.length;
    const piece = bytes.subarray(start, start + size);
    const written = new Promise<void>((resolve) =>
      socket.send(piece, { binary: false, fin }, () => resolve()),
    );
    if (socket.bufferedAmount > BUFFERED) await written;
  }
}

/** Waits until all that was sent has left. */
async function drained(socket: WebSocket, tcp: Socket): Promise<void> {
  while (socket.bufferedAmount > 0 && !tcp.destroyed) await nextTurn();
}
