import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { constants, createGzip } from "node:zlib";
import { responseEvent } from "../../protocol/event.js";
import type { Delivery } from "./answer.js";
import type { EventSink } from "./deliver.js";

/** Writes events as SSE. The response head has been sent. */
export function sseSink(response: ServerResponse, delivery: Delivery, gone: AbortSignal): EventSink {
  return bodySink(response, delivery, gone, (text) => frame(text, delivery));
}

/** Writes texts to a body. @param framed what is written of a text */
export function bodySink(
  response: ServerResponse,
  delivery: Delivery,
  gone: AbortSignal,
  framed: (text: string) => string,
): EventSink {
  const socket = response.socket as Socket;
  const body = delivery.gzip ? createGzip() : response;
  if (body !== response) body.pipe(response);

  const write = async (bytes: Buffer): Promise<void> => {
    const { chunkBytes = bytes.length } = delivery;
    for (let start = 0; start < bytes.length && !gone.aborted; start += chunkBytes) {
      if (start > 0) await nextTurn(); // writes of one turn of the event loop would leave together
      const room = body.write(bytes.subarray(start, start + chunkBytes));
      if (!room) await once(body, "drain", { signal: gone });
    }
    if ("flush" in body) await new Promise<void>((done) => body.flush(constants.Z_SYNC_FLUSH, done));
  };

  return {
    gone,
    write: (texts) => write(Buffer.from(texts.map(framed).join(""))),
    async end() {
      if (delivery.framing?.done) await write(Buffer.from("data: [DONE]\n\n"));
      await new Promise<void>((resolve) => {
        response.once("close", resolve);
        response.once("finish", resolve);
        body.end();
      });
    },
    async break(fault, next) {
      if (next !== undefined) {
        const text = Buffer.from(framed(next));
        await write(text.subarray(0, text.length / 2));
      }
      await nextTurn();
      if (socket.writableLength > 0) await once(socket, "drain", { signal: gone });
      if (fault.kind === "reset") socket.resetAndDestroy();
      else socket.end();
    },
    garbage: (bytes) => write(Buffer.from(bytes)),
  };
}

function frame(text: string, { framing = {} }: Delivery): string {
  const { eventLines = true, lineEnd = "\n" } = framing;
  const { type } = responseEvent(text);
  const lines = text.split("\n").map((line) => `data: ${line}`);
  if (eventLines && type) lines.unshift(`event: ${type}`);
  return [...lines, "", ""].join(lineEnd);
}
