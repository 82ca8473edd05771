import { once } from "node:events";
import { WebSocket } from "ws";
import { agesIn } from "../processes/stamp.js";

/** A Codex session on one WebSocket: turns one after the other. */
export interface Session {
  /**
   * Sends a frame and reads its response.
   *
   * @returns the response's id
   * @throws where the connection ends before the response is complete, unless the client left
   */
  turn(frame: string, listener?: TurnListener): Promise<string>;
  close(): void;
}

export interface TurnListener {
  /** Hears the age of each stamped event, in milliseconds. */
  readonly onAge?: (milliseconds: number) => void;
  readonly onText?: (text: string) => void;
}

export interface SessionOptions {
  /** Offers permessage-deflate, as Codex does. */
  readonly compress?: boolean;
  /** Leaves in the middle of a response. */
  readonly leave?: AbortSignal;
}

export async function openSession(
  base: string,
  { compress = false, leave }: SessionOptions = {},
): Promise<Session> {
  const socket = new WebSocket(`${base.replace(/^http/, "ws")}/v1/responses`, {
    perMessageDeflate: compress,
    headers: { "openai-beta": "responses_websockets=2026-02-06" },
  });
  await once(socket, "open");
  const close = (): void => socket.terminate();
  leave?.addEventListener("abort", close);
  return {
    turn: (frame, { onAge, onText } = {}) =>
      new Promise((resolve, reject) => {
        const onMessage = (data: Buffer): void => {
          const text = data.toString("latin1");
          if (onAge) agesIn(text).forEach(onAge);
          onText?.(text);
          if (text.startsWith('{"type":"error"')) reject(new Error(text));
          if (text.startsWith('{"type":"response.completed"')) end(/"id":"([^"]+)"/.exec(text)?.[1] ?? "");
        };
        const onClose = (): void =>
          leave?.aborted ? end("") : reject(new Error("a connection ended early"));
        const end = (id: string): void => {
          socket.off("message", onMessage).off("close", onClose);
          resolve(id);
        };
        socket.on("message", onMessage).on("close", onClose);
        socket.send(frame);
      }),
    close,
  };
}
