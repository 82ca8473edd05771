import type { Socket } from "node:net";
import {
  EMPTY,
  Observable,
  Subject,
  catchError,
  concatMap,
  groupBy,
  mergeMap,
  takeWhile,
  tap,
  type Subscriber,
} from "rxjs";
import type { WebSocket } from "ws";
import {
  isTerminal,
  parseJsonObject,
  responseEvent,
  type JsonObject,
  type ResponseEvent,
} from "../../protocol/event.js";
import { UpstreamLost } from "../../protocol/errors.js";
import { editJson } from "../../protocol/jsonText.js";
import { responseOf } from "../../protocol/usage.js";
import { foldedIds } from "../../reports/turnReport.js";
import type { OpenRound } from "../../pipeline.js";
import type { ProxyContext } from "../context.js";
import { closeAs } from "./closing.js";
import { conversations } from "./conversations.js";
import { readCreateFrame, type CreateFrame } from "./createFrame.js";
import { flowingSocket } from "./flow.js";
import { heartbeat } from "./heartbeat.js";
import { socketTurn, wholeText } from "./socketTurn.js";
import type { UpstreamSocket } from "./upstreamSocket.js";

/**
 * Joins a client's WebSocket to an upstream's. Frames pass as they came, both ways; `response.create` frames are turns
 * and go through the pipeline, each lane's in order, with rounds on the same upstream socket.
 *
 * @param turns false relays everything and looks at nothing
 */
export function relay(
  context: ProxyContext,
  client: WebSocket,
  clientConnection: Socket,
  upstream: UpstreamSocket,
  turns: boolean,
): void {
  const above = upstream.socket;
  if (above.readyState !== above.OPEN) return closeAs(client, clientConnection, 1006, "");
  const { aliases } = context;
  const history = conversations(context.options.limits.historyBytes);
  const toClient = flowingSocket(
    client,
    clientConnection,
    false,
    () => above.pause(),
    () => above.resume(),
  );
  const toUpstream = flowingSocket(
    above,
    upstream.connection,
    true,
    () => client.pause(),
    () => client.resume(),
  );
  /** The running round of each lane. */
  const rounds = new Map<string, Subscriber<ResponseEvent>>();
  /** Responses that the client has complete, but that the upstream cannot go on from. */
  const evicted = new Set<string>();
  const frames = new Subject<CreateFrame>();

  /** Opens rounds on the upstream's socket; while a turn runs, its response is known upstream by the latest round. */
  const openRounds = (lane: string): OpenRound => {
    let seen: string | undefined;
    return (text) =>
      new Observable<ResponseEvent>((subscriber) => {
        rounds.set(lane, subscriber);
        toUpstream.send(text);
        return () => {
          if (rounds.get(lane) === subscriber) rounds.delete(lane);
        };
      }).pipe(
        tap((event) => {
          if (event.type !== "response.created") return;
          const id = String(responseOf(event)?.["id"]);
          seen ??= id;
          aliases.add(seen, id);
        }),
        takeWhile((event) => !isTerminal(event), true),
      );
  };

  const turn = (frame: CreateFrame): Observable<ResponseEvent> => {
    const before = history.full ? undefined : history.upTo(frame.previous);
    if (history.full) warnOnce();
    const rebuilt = before && frame.previous !== undefined && evicted.delete(frame.previous);
    return socketTurn(frame, {
      context,
      transport: "websocket",
      conversations: history,
      openRound: openRounds(frame.lane),
      text: rebuilt ? wholeText(frame, before) : withUpstreamIds(frame.text, frame.json),
      before,
      onEnd: (end) => {
        const ids = foldedIds(end);
        if (!ids) return;
        aliases.add(ids.seen, ids.released);
        if (end.reason === "continuation_failed") evicted.add(ids.seen);
      },
    });
  };

  let warned = false;
  const warnOnce = (): void => {
    if (warned) return;
    warned = true;
    const limit = context.options.limits.historyBytes;
    const text = `a WebSocket connection's conversation passed --max-history-bytes (${limit}): its turns are no longer folded`;
    context.reports.next({ kind: "notice", level: "warn", text });
  };

  /** Frames may name the response they go on from, or steer; the upstream knows a fold by its last round. */
  const withUpstreamIds = (text: string, json: JsonObject | undefined = parseJsonObject(text)): string => {
    const renamed = ["previous_response_id", "response_id"].flatMap((key) => {
      const id = json?.[key];
      const known = typeof id === "string" ? aliases.resolve(id) : id;
      return known === id ? [] : [{ path: [key], raw: JSON.stringify(known) }];
    });
    return renamed.length === 0 ? text : editJson(text, renamed);
  };

  const running = frames
    .pipe(
      groupBy(({ lane }) => lane),
      mergeMap((lane) =>
        lane.pipe(
          concatMap((frame) =>
            turn(frame).pipe(
              tap((event) => toClient.send(event.data)),
              // The upstream is gone, and so will the client's connection be; there is nothing else to tell.
              catchError(() => EMPTY),
            ),
          ),
        ),
      ),
    )
    .subscribe();

  client.on("message", (data: Buffer, binary) => {
    const text = binary || !turns ? undefined : data.toString();
    const frame = text === undefined ? undefined : readCreateFrame(text);
    if (frame) frames.next(frame);
    else if (text === undefined) toUpstream.send(data, binary);
    else toUpstream.send(withUpstreamIds(text));
  });
  above.on("message", (data: Buffer, binary) => {
    const event = binary || rounds.size === 0 ? undefined : responseEvent(data.toString());
    const round = event && rounds.get(laneOf(event, rounds));
    if (round && event) round.next(event);
    else toClient.send(data, binary);
  });

  client.on("ping", (data) => above.ping(data));
  client.on("pong", (data) => above.pong(data));
  above.on("ping", (data) => client.ping(data));
  const stopHeartbeat = heartbeat(above, (data) => client.pong(data));

  above.on("close", (code, reason) => {
    stopHeartbeat();
    for (const round of [...rounds.values()])
      round.error(new UpstreamLost("the WebSocket was closed", "stream"));
    running.unsubscribe();
    closeAs(client, clientConnection, code, reason);
  });
  client.on("close", (code, reason) => {
    running.unsubscribe();
    closeAs(above, upstream.connection, code, reason);
  });
  // `close` follows and says what is to be done.
  above.on("error", () => {});
  client.on("error", () => {});
  above.resume();
}

/** Events of a lane carry its `stream_id`; on a connection without lanes nobody has to look for it. */
function laneOf(event: ResponseEvent, rounds: ReadonlyMap<string, unknown>): string {
  if (rounds.size === 1 && rounds.has("") && !event.data.includes('"stream_id":')) return "";
  const id = event.json?.["stream_id"];
  return typeof id === "string" ? id : "";
}
