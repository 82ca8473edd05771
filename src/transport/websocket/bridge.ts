import type { IncomingMessage } from "node:http";
import {
  BehaviorSubject,
  EMPTY,
  Subject,
  catchError,
  concat,
  concatMap,
  defer,
  finalize,
  from,
  map,
  of,
  throwError,
  type Observable,
} from "rxjs";
import { parseJsonObject } from "../../protocol/event.js";
import { RoundRejected, UpstreamLost, type Answer } from "../../protocol/errors.js";
import type { TurnEnd } from "../../protocol/signals.js";
import { foldedIds } from "../../reports/turnReport.js";
import type { ProxyContext } from "../context.js";
import type { Target } from "../upstream/target.js";
import { bridged } from "./bridgedRequest.js";
import { bridgedRounds } from "./bridgedRounds.js";
import type { Client } from "./client.js";
import { ABNORMAL, closeAs } from "./closing.js";
import { conversations, type Conversation } from "./conversations.js";
import { asked, readCreateFrame, type CreateFrame } from "./createFrame.js";
import { bugFrame, lossFrame, notFoundFrame, refusalFrame, unreadableFrame } from "./errorFrames.js";
import { flowingSocket, sharedFeeder } from "./flow.js";
import { inLanes, tagged } from "./lanes.js";
import { bugNotice, forgetfulNotice } from "./notices.js";
import { prewarmed } from "./prewarm.js";
import type { RefusedLogins } from "./refusedLogins.js";
import { socketTurn } from "./socketTurn.js";
import { steerRefusal } from "./steering.js";

/**
 * Serves a client's WebSocket from an upstream that only takes POSTs. The stateful half of the protocol is kept here:
 * prewarms are answered, increments become whole requests, and refusals become the wrapped error frames that Codex
 * handles as it would the HTTP status.
 *
 * @param refused hears of logins that the upstream refuses
 */
export function bridge(
  context: ProxyContext,
  client: Client,
  upgrade: IncomingMessage,
  target: Target,
  refused: RefusedLogins,
): void {
  const { options, aliases, reports, upstream } = context;
  const { limits } = options;
  const { socket } = client;
  const flowing = new BehaviorSubject(true);
  const feeder = { pause: () => flowing.next(false), resume: () => flowing.next(true) };
  const toClient = flowingSocket(client, { feeder, compress: false });
  const history = conversations(limits.historyBytes, () =>
    reports.next(forgetfulNotice(limits.historyBytes)),
  );
  const turns = new Set<CreateFrame>();

  const turn = (frame: CreateFrame, before: Conversation): Observable<string> => {
    const request = bridged(frame, before, context);
    const tell = (event: string): void => toClient.send(tagged(event, frame.lane));
    const openRound = bridgedRounds(frame, { upstream, target, upgrade, flowing, tell });
    const onEnd = (end: TurnEnd): void => {
      const ids = foldedIds(end);
      if (ids) aliases.add(ids.seen, ids.released);
    };
    turns.add(frame);
    return socketTurn(frame, {
      ...{ context, request, openRound, onEnd, before, transport: "bridge", conversations: history },
      headers: upgrade.rawHeaders,
    }).pipe(
      map(({ data }) => data),
      finalize(() => turns.delete(frame)),
    );
  };

  const answer = (frame: CreateFrame): Observable<string> => {
    const before = history.upTo(frame.previous);
    if (!before) return of(notFoundFrame(frame.previous ?? ""));
    if (!frame.prewarm) return turn(frame, before);
    const { id, events } = prewarmed(frame);
    history.remember(frame.lane, id, asked(frame, before));
    return from(events);
  };

  /** Ends the connection behind the frame: Codex would go on using it, and with the same login. */
  const loginRefused = ({ answer }: RoundRejected): Observable<string> =>
    concat(
      from(refused.note(upgrade.headers.authorization, answer)).pipe(concatMap(passedOn)),
      defer(() => {
        closeAs(client, 1008, "the upstream refused the login");
        return EMPTY;
      }),
    );

  const failed = (error: unknown, frame: CreateFrame): Observable<string> => {
    if (error instanceof RoundRejected && error.answer.status === 401) return loginRefused(error);
    if (error instanceof RoundRejected) return passedOn(error.answer);
    if (!(error instanceof UpstreamLost)) {
      reports.next(bugNotice(error));
      return of(bugFrame());
    }
    // A stream that died has to die for the client too, which then retries silently. Other turns must not die with it.
    const isAlone = [...turns].every((other) => other === frame);
    return error.phase === "stream" && isAlone ? throwError(() => error) : of(lossFrame(error));
  };

  const frames = new Subject<CreateFrame>();
  const run = (frame: CreateFrame): Observable<string> =>
    defer(() => answer(frame)).pipe(
      catchError((error: unknown) => failed(error, frame)),
      map((text) => tagged(text, frame.lane)),
    );
  const running = frames
    .pipe(inLanes({ run, limit: limits.frameBytes, client: sharedFeeder(socket), turns: client }))
    .subscribe({ next: (text) => toClient.send(text), error: () => closeAs(client, ABNORMAL, "") });

  socket.on("message", (data: Buffer, binary) => {
    if (binary) return;
    const text = data.toString();
    const frame = readCreateFrame(text);
    if (frame) return frames.next(frame);
    const json = parseJsonObject(text);
    if (!json) toClient.send(unreadableFrame());
    else if (json["type"] === "response.steer") toClient.send(steerRefusal(text));
  });
  socket.on("ping", (data) => toClient.pong(data));
  socket.on("close", () => running.unsubscribe());
}

/** A refusal as a frame. A client that leaves while the body is still coming takes it with it. */
function passedOn(refusal: Answer): Observable<string> {
  return from(refusalFrame(refusal)).pipe(finalize(() => refusal.body.destroy()));
}
