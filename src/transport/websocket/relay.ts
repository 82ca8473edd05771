import { EMPTY, Subject, catchError, defer, map, of, tap, throwError, type Observable } from "rxjs";
import { responseEvent } from "../../protocol/event.js";
import { UpstreamLost, type RawHeaders } from "../../protocol/errors.js";
import type { TurnEnd } from "../../protocol/signals.js";
import { responseOf } from "../../protocol/usage.js";
import type { OpenHeadedRound } from "../../recordings/recorder.js";
import { isRateLimits, rateLimitsOf } from "../../reports/rateLimits.js";
import { tellRateLimits } from "../../reports/turnReport.js";
import type { ProxyContext } from "../context.js";
import type { Client } from "./client.js";
import { conversations } from "./conversations.js";
import { readCreateFrame, type CreateFrame } from "./createFrame.js";
import { bugFrame } from "./errorFrames.js";
import { inLanes, tagged } from "./lanes.js";
import { link, type Link, type LinkListener } from "./link.js";
import { bugNotice, frameLimitNotice, fullNotice, stallNotice } from "./notices.js";
import { asFrame, relayed, remembers } from "./relayedRequest.js";
import { forClient, forUpstream } from "./renaming.js";
import { socketRounds } from "./rounds.js";
import { socketTurn } from "./socketTurn.js";
import { steering } from "./steering.js";
import type { UpstreamSocket } from "./upstreamSocket.js";

/**
 * Joins a client's WebSocket to an upstream's. Frames pass as they came, both ways; `response.create` frames are turns
 * and go through the pipeline, each lane's in order, with rounds on the same upstream socket.
 *
 * @param asked the headers of the client's handshake
 */
export function relay(
  context: ProxyContext,
  client: Client,
  upstream: UpstreamSocket,
  asked: RawHeaders,
): void {
  link(client, upstream, (joined) => relayTurns({ context, turns: client }, upstream, joined, asked));
}

function relayTurns(
  { context, turns }: { readonly context: ProxyContext; readonly turns: Pick<Client, "began" | "ended"> },
  { socket: above, headers: answered }: UpstreamSocket,
  { toClient, toUpstream, client }: Link,
  headers: RawHeaders,
) {
  const { aliases, options, reports } = context;
  const { limits, timeouts } = options;
  const history = conversations(limits.historyBytes, () => reports.next(fullNotice(limits.historyBytes)));
  /** Responses that the client has complete, but that the upstream cannot go on from. */
  const evicted = new Set<string>();
  let frameLimitSeen = false;
  const steers = steering();
  const rounds = socketRounds({
    send: toUpstream.send,
    idle: timeouts.idle,
    stalled: () => {
      // A client that does not read keeps the upstream waiting, and silent.
      if (above.isPaused) return true;
      reports.next(stallNotice(timeouts.idle));
      above.terminate();
      return false;
    },
  });

  const turn = (frame: CreateFrame): Observable<string> => {
    const before = history.full ? undefined : history.upTo(frame.previous);
    const lost = frame.previous !== undefined && evicted.delete(frame.previous);
    const request = relayed(frame, before, { lost, context });
    /** The upstream's ids of the rounds; the client knows the response by the first. */
    const ids: string[] = [];

    const openRound: OpenHeadedRound = (text, onHead) => {
      onHead?.({ status: 101, headers: answered });
      const latest = ids.at(-1);
      if (latest !== undefined && steers.isSteered(latest)) return throwError(() => STEERED);
      return rounds.open(frame.lane, asFrame(text, frame)).pipe(
        tap((event) => {
          const id = event.type === "response.created" ? responseOf(event)?.["id"] : undefined;
          if (typeof id !== "string") return;
          ids.push(id);
          // So that the client can steer the response by the id it knows.
          aliases.add(ids[0] ?? id, id);
        }),
      );
    };
    const onEnd = ({ rounds, released, reason }: TurnEnd): void => {
      if (reason === "frame_limit") {
        reports.next(frameLimitNotice(limits.upstreamFrameBytes, !frameLimitSeen));
        frameLimitSeen = true;
      }
      const [seen] = ids;
      const id = responseOf(released.terminal)?.["id"];
      if (seen === undefined || rounds.length === 1) return;
      if (typeof id === "string") aliases.add(seen, id);
      if (released !== rounds.at(-1)) evicted.add(seen);
    };
    return socketTurn(frame, {
      ...{ context, request, openRound, onEnd, headers, transport: "websocket", conversations: history },
      before: remembers(request, context) ? before : undefined,
    }).pipe(map(({ data }) => data));
  };

  /** A lost upstream is the end of the client's connection too; there is nothing else to tell. */
  const failed = (error: unknown, lane: string): Observable<string> => {
    if (error instanceof UpstreamLost) return EMPTY;
    reports.next(bugNotice(error));
    return of(tagged(bugFrame(), lane));
  };

  const frames = new Subject<CreateFrame>();
  const run = (frame: CreateFrame): Observable<string> =>
    defer(() => turn(frame)).pipe(catchError((error: unknown) => failed(error, frame.lane)));
  const running = frames
    .pipe(inLanes({ run, limit: limits.frameBytes, client, turns }))
    .subscribe((text) => toClient.send(text));

  return {
    fromClient: (data, binary) => {
      if (binary) return toUpstream.send(data, true);
      const text = data.toString();
      const frame = readCreateFrame(text);
      if (frame) frames.next(frame);
      else toUpstream.send(forUpstream(text, aliases));
    },
    fromUpstream: (data, binary) => {
      if (binary) return toClient.send(data, true);
      const event = responseEvent(data.toString());
      if (isRateLimits(event)) tellRateLimits(reports, rateLimitsOf(event));
      if (steers.hears(event)) return toClient.send(forClient(event, aliases));
      if (steers.passes(event) || !rounds.take(event)) toClient.send(data);
    },
    upstreamResumes: rounds.refresh,
    clientGone: () => running.unsubscribe(),
    upstreamGone: () => {
      rounds.lose(new UpstreamLost("the WebSocket was closed", "stream"));
      running.unsubscribe();
    },
  } satisfies LinkListener;
}

/** Ends a fold before it can get in the way of the response that the upstream is going to begin. */
const STEERED = new UpstreamLost("the client steered it: the upstream goes on by itself", "stream");
