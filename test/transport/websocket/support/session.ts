import { once } from "node:events";
import { WebSocket } from "ws";
import {
  isItemDone,
  isTerminal,
  responseEvent,
  type JsonObject,
  type ResponseEvent,
} from "../../../../src/protocol/event.js";
import { itemOf, itemType } from "../../../../src/protocol/items.js";
import { responseOf } from "../../../../src/protocol/usage.js";
import { createFrame, toolOutput, userMessage } from "./frames.js";

/** A turn as the client saw it. */
export interface SeenTurn {
  /** Its `prompt_cache_key`. */
  readonly key: string;
  /** Without the lane's name. */
  readonly events: readonly ResponseEvent[];
  /** It has its terminal; the connection was lost first; the client went away first. */
  readonly end: "terminal" | "lost" | "left";
}

export interface SessionOptions {
  readonly compress: boolean;
  /** Opens each connection with a `generate: false` frame. */
  readonly prewarm: boolean;
  /** After so many messages the client drops its first connection, as Codex does when the user interrupts. */
  readonly leaveAfter: number | undefined;
}

/** A client that behaves as Codex does: lanes on one connection, which is opened anew when it was lost. */
export interface Session {
  /** Makes a lane; its turns must come one after the other. */
  lane(name: string | undefined): Lane;
  /** Messages that belong to no turn, of all connections. */
  readonly strays: readonly string[];
  /** The texts that {@link say} sent and that arrived. */
  readonly said: readonly string[];
  /** Sends something that is no turn, and waits until the other side has answered the ping behind it. */
  say(frame: string | Buffer | undefined): Promise<void>;
  close(): void;
}

export interface Lane {
  /**
   * Asks something. The frame goes on from the lane's last response where there is one to go on from, and is whole
   * otherwise, as Codex' is.
   *
   * @param sending hears the whole conversation up to the frame
   */
  turn(key: string, sending: (conversation: readonly JsonObject[]) => void): Promise<SeenTurn>;
  /** Goes on from a response that does not exist. */
  lostTrack(key: string): Promise<SeenTurn>;
}

interface Connection {
  readonly socket: WebSocket;
  readonly turns: Map<string, { readonly events: ResponseEvent[]; readonly over: () => void }>;
  readonly closed: Promise<unknown>;
  /** What the client has prewarmed, and has not gone on from. */
  prewarmed: string | undefined;
  left: boolean;
}

export function openSession(url: string, { compress, prewarm, leaveAfter }: SessionOptions): Session {
  const strays: string[] = [];
  const said: string[] = [];
  let left = false;
  let received = 0;
  let pings = 0;
  let current: Promise<Connection> | undefined;

  const connect = async (): Promise<Connection> => {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/responses`, { perMessageDeflate: compress });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const connection: Connection = { socket, turns: new Map(), closed, prewarmed: undefined, left: false };
    socket.on("error", () => {});
    socket.on("close", () => {
      current = undefined;
    });
    socket.on("message", (data: Buffer, binary) => {
      if (connection.left) return;
      hear(connection, binary ? "" : data.toString());
      if (left || leaveAfter === undefined || ++received < leaveAfter) return;
      left = connection.left = true;
      socket.terminate();
    });
    await once(socket, "open");
    if (prewarm) {
      const { events } = await ask(
        connection,
        "",
        createFrame({ generate: false, input: [], ...key("prewarm") }),
      );
      connection.prewarmed = idOf(events);
    }
    return connection;
  };
  const connected = (): Promise<Connection> => (current ??= connect());

  const hear = ({ turns }: Connection, text: string): void => {
    const lane = laneIn(text);
    const turn = turns.get(lane);
    if (!turn) return void strays.push(text);
    const event = responseEvent(lane === "" ? text : text.replace(/,"stream_id":"[a-z]"\}$/, "}"));
    turn.events.push(event);
    if (isTerminal(event)) turn.over();
  };

  const ask = async (connection: Connection, lane: string, frame: string): Promise<SeenTurn> => {
    const events: ResponseEvent[] = [];
    const over = new Promise<void>((resolve) => {
      connection.turns.set(lane, { events, over: resolve });
      void connection.closed.then(() => resolve());
    });
    connection.socket.send(frame, () => {});
    await over;
    connection.turns.delete(lane);
    const isOver = events.some(isTerminal);
    return { key: "", events, end: isOver ? "terminal" : connection.left ? "left" : "lost" };
  };

  return {
    ...{ strays, said },
    lane: (name) => {
      const history: JsonObject[] = [];
      let previous: { readonly id: string; readonly on: Connection; readonly upTo: number } | undefined;
      return {
        turn: async (name_, sending) => {
          const connection = await connected();
          history.push(...outputsFor(history), userMessage(name_));
          sending([...history]);
          const goesOn = previous?.on === connection ? previous : undefined;
          const fields = goesOn
            ? { previous_response_id: goesOn.id, input: history.slice(goesOn.upTo) }
            : { ...afterPrewarm(connection), input: history };
          const seen = await ask(
            connection,
            name ?? "",
            createFrame({ ...fields, ...key(name_), ...(name && { stream_id: name }) }),
          );
          history.push(...seen.events.filter(isItemDone).map((done) => itemOf(done) ?? {}));
          const id = idOf(seen.events);
          previous = id === undefined ? undefined : { id, on: connection, upTo: history.length };
          return { ...seen, key: name_ };
        },
        lostTrack: async (name_) => {
          previous = undefined;
          const connection = await connected();
          // A refused frame is the end of what its lane could go on from.
          connection.prewarmed = undefined;
          const frame = {
            previous_response_id: "resp_unknown",
            ...key(name_),
            ...(name && { stream_id: name }),
          };
          return { ...(await ask(connection, name ?? "", createFrame(frame))), key: name_ };
        },
      };
    },
    say: async (frame) => {
      const { socket, closed } = await connected();
      if (frame !== undefined) socket.send(frame, () => {});
      const question = `ping ${++pings}`;
      const pong = new Promise<boolean>((resolve) =>
        socket.on("pong", (data) => data.toString() === question && resolve(true)),
      );
      socket.ping(question, undefined, () => {});
      const answered = await Promise.race([pong, closed]);
      if (answered === true && frame !== undefined) said.push(frame.toString());
    },
    close: () => void current?.then(({ socket }) => socket.terminate()),
  };
}

/** Codex' first frame goes on from what it prewarmed; another lane's would, too, but only the latest is known. */
function afterPrewarm(connection: Connection): JsonObject {
  const { prewarmed } = connection;
  connection.prewarmed = undefined;
  return prewarmed === undefined ? {} : { previous_response_id: prewarmed };
}

function key(name: string): JsonObject {
  return { prompt_cache_key: name };
}

/** The id to go on from: only a completed response's. */
function idOf(events: readonly ResponseEvent[]): string | undefined {
  const id = responseOf(events.find(({ type }) => type === "response.completed"))?.["id"];
  return typeof id === "string" ? id : undefined;
}

/** What the client answers to the calls that have no output yet. */
function outputsFor(history: readonly JsonObject[]): JsonObject[] {
  const answered = new Set(
    history.filter((item) => itemType(item).endsWith("_output")).map(({ call_id }) => call_id),
  );
  return history
    .filter((item) => itemType(item).endsWith("_call") && typeof item["call_id"] === "string")
    .filter(({ call_id }) => !answered.has(call_id))
    .map((item) => ({ ...toolOutput(String(item["call_id"]), "ok"), type: `${itemType(item)}_output` }));
}

function laneIn(text: string): string {
  return /,"stream_id":"([a-z])"\}$/.exec(text)?.[1] ?? "";
}
