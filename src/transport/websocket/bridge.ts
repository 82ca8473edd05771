import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import {
  BehaviorSubject,
  EMPTY,
  Observable,
  Subject,
  catchError,
  concat,
  concatMap,
  defer,
  from,
  groupBy,
  map,
  mergeMap,
  of,
} from "rxjs";
import type { WebSocket } from "ws";
import { asObject, isTerminal } from "../../protocol/event.js";
import { RoundRejected, UpstreamLost } from "../../protocol/errors.js";
import { editJson } from "../../protocol/jsonText.js";
import type { ProxyContext } from "../context.js";
import { endToEnd, header } from "../headers.js";
import { sseRounds } from "../upstream/sseRounds.js";
import type { Target } from "../upstream/target.js";
import { closeAs, lose } from "./closing.js";
import { conversations, extended } from "./conversations.js";
import { inputItemsText, readCreateFrame, type CreateFrame } from "./createFrame.js";
import { errorFrame, notFoundFrame } from "./errorFrames.js";
import { flowingSocket } from "./flow.js";
import type { RefusedLogins } from "./refusedLogins.js";
import { socketTurn, wholeText } from "./socketTurn.js";
import { HANDSHAKE } from "./upstreamSocket.js";

const TURN_STATE = "x-codex-turn-state";

/**
 * Serves a client's WebSocket from an upstream that only takes POSTs. The stateful half of the protocol is kept here:
 * prewarms are answered, increments become whole requests, and refusals become the wrapped error frames that Codex
 * handles as it would the HTTP status.
 *
 * @param refused hears of logins that the upstream refuses
 */
export function bridge(
  context: ProxyContext,
  client: WebSocket,
  connection: Socket,
  upgrade: IncomingMessage,
  target: Target,
  refused: RefusedLogins,
): void {
  const history = conversations(context.options.limits.historyBytes);
  const flowing = new BehaviorSubject(true);
  const toClient = flowingSocket(
    client,
    connection,
    false,
    () => flowing.next(false),
    () => flowing.next(true),
  );
  const frames = new Subject<CreateFrame>();

  const answer = (frame: CreateFrame): Observable<string> => {
    const before = history.upTo(frame.previous);
    if (!before) return of(notFoundFrame(frame.previous ?? ""));
    if (frame.prewarm) {
      const id = `resp_${randomUUID().replaceAll("-", "")}`;
      history.remember(frame.lane, id, extended(before, [inputItemsText(frame)]));
      return from(prewarmed(frame, id));
    }
    return new Observable((subscriber) => {
      let turnState = turnStateOf(frame);
      let terminated = false;
      const openRound = sseRounds({
        upstream: context.upstream,
        target,
        flowing,
        encode: (body) => ({ headers: postHeaders(upgrade, turnState), body: postBody(body) }),
        onHead: ({ headers }) => {
          const state = header(headers, TURN_STATE);
          if (turnState !== undefined || state === undefined) return;
          turnState = state;
          // Over WebSocket the state comes as an event, and comes back in the frames' client_metadata (seen).
          subscriber.next(JSON.stringify({ type: "response.metadata", headers: { [TURN_STATE]: state } }));
        },
      });
      const text = wholeText(frame, before);
      return socketTurn(frame, {
        context,
        transport: "bridge",
        conversations: history,
        openRound,
        text,
        before,
      }).subscribe({
        next: (event) => {
          terminated ||= isTerminal(event);
          subscriber.next(event.data);
        },
        error: (error: unknown) => subscriber.error(error),
        // A body that ends early is a connection that ends early.
        complete: () =>
          terminated
            ? subscriber.complete()
            : subscriber.error(new UpstreamLost("the response ended early", "stream")),
      });
    });
  };

  /** Ends the connection behind the frame: Codex would go on using it, and with the same login. */
  const loginRefused = ({ answer }: RoundRejected): Observable<string> =>
    concat(
      from(refused.note(upgrade.headers.authorization, answer)).pipe(
        concatMap((whole) => errorFrame(new RoundRejected(whole))),
      ),
      defer(() => {
        closeAs(client, connection, 1008, "the upstream refused the login");
        return EMPTY;
      }),
    );

  const running = frames
    .pipe(
      groupBy(({ lane }) => lane),
      mergeMap((lane) =>
        lane.pipe(
          concatMap((frame) =>
            answer(frame).pipe(
              catchError((error) => (isUnauthorized(error) ? loginRefused(error) : errorFrame(error))),
              map((text) => (lane.key === "" ? text : tagged(text, lane.key))),
            ),
          ),
        ),
      ),
    )
    .subscribe({ next: (text) => toClient.send(text), error: () => lose(connection) });

  client.on("message", (data: Buffer, binary) => {
    const frame = binary ? undefined : readCreateFrame(data.toString());
    if (frame) frames.next(frame);
  });
  client.on("ping", (data) => client.pong(data));
  client.on("close", () => running.unsubscribe());
  // `close` follows and says what is to be done.
  client.on("error", () => {});
}

function isUnauthorized(error: unknown): error is RoundRejected {
  return error instanceof RoundRejected && error.answer.status === 401;
}

/** A frame's fields that belong to WebSocket and are refused in a POST's body. */
function postBody(frame: string): string {
  const gone = ["type", "generate", "previous_response_id", "stream_id"].map((key) => ({
    path: [key],
    raw: undefined,
  }));
  return editJson(frame, [...gone, { path: ["stream"], raw: "true" }]);
}

function postHeaders(upgrade: IncomingMessage, turnState: string | undefined): string[] {
  const drop = [...HANDSHAKE, "openai-beta", "content-type", "content-length", "accept", TURN_STATE];
  const state = turnState === undefined ? [] : [TURN_STATE, turnState];
  return [
    ...endToEnd(upgrade.rawHeaders, drop),
    "content-type",
    "application/json",
    "accept",
    "text/event-stream",
    ...state,
  ];
}

function turnStateOf({ json }: CreateFrame): string | undefined {
  const state = asObject(json["client_metadata"])?.[TURN_STATE];
  return typeof state === "string" ? state : undefined;
}

function prewarmed({ json }: CreateFrame, id: string): string[] {
  const usage = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
  const response = {
    id,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    model: json["model"],
    output: [],
  };
  return [
    { type: "response.created", response: { ...response, status: "in_progress" }, sequence_number: 0 },
    { type: "response.completed", response: { ...response, status: "completed", usage }, sequence_number: 1 },
  ].map((event) => JSON.stringify(event));
}

function tagged(text: string, lane: string): string {
  return editJson(text, [{ path: ["stream_id"], raw: JSON.stringify(lane) }]);
}
