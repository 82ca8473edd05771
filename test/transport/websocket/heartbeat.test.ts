import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { heartbeat } from "../../../src/transport/websocket/heartbeat.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function idleSocket() {
  const pings: string[] = [];
  const socket = Object.assign(new EventEmitter(), { ping: (data: string) => pings.push(data) });
  return { socket: socket as unknown as WebSocket, pings };
}

test("an idle socket is pinged often enough for middleboxes, a busy one is not", () => {
  const { socket, pings } = idleSocket();
  const stop = heartbeat(socket, () => {});

  vi.advanceTimersByTime(20_000);
  socket.emit("message");
  vi.advanceTimersByTime(20_000);
  expect(pings).toHaveLength(0);
  vi.advanceTimersByTime(40_000);
  expect(pings).toHaveLength(2);

  stop();
  vi.advanceTimersByTime(600_000);
  expect(pings).toHaveLength(2);
});

test("the pong to our own ping goes no further; another's does", () => {
  const { socket, pings } = idleSocket();
  const relayed: string[] = [];
  const stop = heartbeat(socket, (data) => relayed.push(data.toString()));
  vi.advanceTimersByTime(30_000);

  socket.emit("pong", Buffer.from(pings[0] ?? ""));
  socket.emit("pong", Buffer.from("the client's"));

  expect(relayed).toEqual(["the client's"]);
  stop();
});
