import { setTimeout as sleep } from "node:timers/promises";
import type { RawHeaders } from "../../protocol/errors.js";
import { parseJsonObject } from "../../protocol/event.js";
import { headerPairs } from "../../protocol/rawHeaders.js";
import type { RecordedRound, Recording } from "../../recordings/recording.js";
import { pauses, type Speed } from "../../recordings/replay.js";
import { apiError, reply, type Headers, type Answer, type UpstreamRequest } from "../../testing/index.js";

/** One round that is played. */
export interface Played {
  readonly recording: Recording;
  /** Counted from 1. */
  readonly round: number;
}

/**
 * Plays recordings to whoever asks: each request gets the next turn's first round, and a continuation (its input ends
 * with a nudge) the next round of the turn that is being played.
 *
 * @param onPlay hears what each request gets
 */
export function playback(
  recordings: readonly Recording[],
  speed: Speed,
  onPlay: (played: Played) => void,
): (request: UpstreamRequest) => Answer {
  let turn = -1;
  let round = 0;
  return (request) => {
    if (request.isContinuation && turn >= 0) {
      round++;
    } else {
      turn = (turn + 1) % recordings.length;
      round = 1;
    }
    const recording = recordings[turn];
    const recorded = recording?.rounds[round - 1];
    if (recording) onPlay({ recording, round });
    if (recorded) return answerOf(recorded, speed, request.transport);
    return apiError(404, { message: `Round ${round} was not recorded.`, code: "not_recorded" });
  };
}

function answerOf(round: RecordedRound, speed: Speed, transport: UpstreamRequest["transport"]): Answer {
  const { end, head, body = "" } = round;
  const headers = headersByName(head?.headers ?? []);
  if (end?.how === "refused") return reply(head?.status ?? 502, parseJsonObject(body) ?? body, headers);
  const events = round.events.filter(
    ({ event: { framing, json } }) => !framing?.comment && (transport === "http" || json),
  );
  const isNamed = events.some(({ event }) => event.framing?.event !== undefined);
  return {
    events: timed({ ...round, events }, speed),
    ...(transport === "http" && { headers, framing: { eventLines: isNamed } }),
    ...(end?.how !== "completed" && { fault: { kind: "reset", after: events.length } }),
  };
}

async function* timed({ events, at = 0 }: RecordedRound, speed: Speed): AsyncGenerator<string> {
  const waits = pauses(events, at);
  for (const [index, { event }] of events.entries()) {
    const seconds = speed === "max" ? 0 : (waits[index] ?? 0) / speed;
    if (seconds > 0) await sleep(1000 * seconds);
    yield event.data;
  }
}

/** Headers that say how the body was written, which is not how it is written now. */
const OF_THE_BODY = /^(content-.*|date|transfer-encoding|connection)$/i;

/** A recorded answer's headers as the simulated upstream takes them. */
export function headersByName(headers: RawHeaders): Headers {
  const named: Record<string, string[]> = {};
  for (const [name, value] of headerPairs(headers)) {
    if (!OF_THE_BODY.test(name)) (named[name] ??= []).push(value);
  }
  return named;
}
