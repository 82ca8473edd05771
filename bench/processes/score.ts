import { wholeText } from "../../src/testing/upstream/deliverWhole.js";
import { BRIEF_THOUGHT, CUT, RECORDED, SHORT, roundOf, type Shape } from "../recordedShape.js";
import type { Play } from "./play.js";
import { stampable, stamped } from "./stamp.js";

/** How events travel: as an SSE body or as WebSocket frames. */
export type Wire = "sse" | "frames";

/** One event, in the form in which it goes out. */
interface Note {
  readonly text: string;
  readonly stampable: readonly [string, string] | undefined;
}

const ROUNDS = {
  recorded: scores(roundOf(RECORDED)),
  cut: scores(roundOf(CUT)),
  brief: scores(roundOf(BRIEF_THOUGHT)),
  short: scores(roundOf(SHORT)),
};

/** The id in the built rounds; every response gets one of its own, of the same length. */
const BUILT_ID = /resp_[0-9a-f]+/.exec(ROUNDS.short.frames[0]?.text ?? "")?.[0] ?? "";
let responses = 0;

/**
 * Sends a round's events in their order and at their pace.
 *
 * @returns stops it
 */
export function perform(
  { round, pace, stamped: stamps }: Play,
  wire: Wire,
  send: (texts: readonly string[]) => void,
  end: () => void,
): () => void {
  const notes = ROUNDS[round === "endless" ? "brief" : round][wire];
  const id = `resp_${(++responses).toString(16).padStart(BUILT_ID.length - "resp_".length, "0")}`;
  const text = (note: Note): string => {
    if (stamps && note.stampable) return stamped(note.stampable);
    return note.text.replace(BUILT_ID, id);
  };
  if (pace === 0) {
    send(notes.map(text));
    end();
    return () => {};
  }
  let next = 0;
  const begun = performance.now();
  // late timers are made up for, so that the pace holds on average
  const timer = setInterval(() => {
    const due = ((performance.now() - begun) * pace) / 1000;
    for (const note of notes.slice(next, due)) send([text(note)]);
    next = Math.max(next, Math.floor(due));
    if (next < notes.length) return;
    clearInterval(timer);
    end();
  }, 1000 / pace);
  return () => clearInterval(timer);
}

/** The text of a round's beginning, and of one delta of its answer. */
export function endlessAnswer(): { beginning: string; delta: string } {
  const { sse } = ROUNDS.brief;
  const first = sse.findIndex(({ text }) => text.startsWith("event: response.output_text.delta"));
  return {
    beginning: sse
      .slice(0, first)
      .map(({ text }) => text)
      .join(""),
    delta: sse[first]?.text ?? "",
  };
}

/** The round's response as one JSON text, written in lines as the API writes it. */
export function wholeAnswer({ round }: Play): Buffer {
  return WHOLE[round === "endless" ? "brief" : round];
}

const WHOLE = {
  recorded: whole(RECORDED),
  cut: whole(CUT),
  brief: whole(BRIEF_THOUGHT),
  short: whole(SHORT),
};

function whole(shape: Shape): Buffer {
  return Buffer.from(JSON.stringify(JSON.parse(wholeText(roundOf(shape))), null, 2));
}

function scores(events: readonly string[]): Record<Wire, readonly Note[]> {
  const noted = (text: string): Note => ({ text, stampable: stampable(text) });
  return { sse: events.map(framed).map(noted), frames: events.map(noted) };
}

function framed(text: string): string {
  return `event: ${/^\{"type":"([^"]+)/.exec(text)?.[1]}\ndata: ${text}\n\n`;
}
