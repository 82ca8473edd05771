import { once } from "node:events";
import { WebSocket } from "ws";
import { agesIn } from "../processes/stamp.js";

/** A Codex session on one WebSocket: turns one after the other. */
export interface Session {
  /**
   * Sends a frame and reads its response.
   *
   * @returns the response's id
   * @throws where the connection ends before the response is complete
   */
  turn(frame: string, listener?: TurnListener): Promise<string>;
  close(): void;
}

export interface TurnListener {
  /** Hears the age of each stamped event, in milliseconds. */
  readonly onAge?: (milliseconds: number) => void;
  readonly onText?: (text: string) => void;
}

/** @param compress offers permessage-deflate, as Codex does */
export async function openSession(base: string, compress: boolean): Promise<Session> {
  const socket = new WebSocket(`${base.replace(/^http/, "ws")}/v1/responses`, {
    perMessageDeflate: compress,
    headers: { "openai-beta": "responses_websockets=2026-02-06" },
  });
  await once(socket, "open");
  return {
    turn: (frame, { onAge, onText } = {}) =>
      new Promise((resolve, reject) => {
        const lost = (): void => reject(new Error("a connection ended early"));
        const onMessage = (data: Buffer): void => {
          const text = data.toString("latin1");
          if (onAge) agesIn(text).forEach(onAge);
          onText?.(text);
          if (text.startsWith('{"type":"error"')) reject(new Error(text));
          if (!text.startsWith('{"type":"response.completed"')) return;
          socket.off("message", onMessage).off("close", lost);
          resolve(/"id":"([^"]+)"/.exec(text)?.[1] ?? "");
        };
        socket.on("message", onMessage).on("close", lost);
        socket.send(frame);
      }),
    close: () => socket.terminate(),
  };
}
