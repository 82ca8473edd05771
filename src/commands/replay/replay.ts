import type { Allowed } from "../../options/allowed.js";
import type { Speed } from "../../recordings/replay.js";
import { defineCommand, type FlagTable, type FlagValues } from "../command.js";
import { useFlag } from "../run/runFlags.js";

const FACTOR = /^(\d{1,4}(?:\.\d{1,3})?)x$/;

/** For flags that say how fast a recording is played. */
export const speed: Allowed = {
  words: "max, or a factor such as 1x",
  accepts: (value) => value === "max" || Number(FACTOR.exec(String(value))?.[1]) > 0,
};

/** @param text what {@link speed} accepts */
export function speedOf(text: string): Speed {
  return text === "max" ? text : Number(FACTOR.exec(text)?.[1]);
}

export const replayFlags = {
  events: { type: "boolean", describes: "print the events that the client would get, as SSE" },
  diff: { type: "boolean", describes: "print how they differ from what the client got" },
  speed: {
    type: "string",
    value: "SPEED",
    default: "max",
    allowed: speed,
    describes: "max, or 1x for the times of the recording",
  },
  use: useFlag,
  json: { type: "boolean", describes: "print one JSON object" },
} as const satisfies FlagTable;

export type ReplayFlags = FlagValues<typeof replayFlags>;

export const replay = defineCommand({
  name: "replay",
  summary: "run recorded turns through the pipeline, offline",
  description: [
    `Runs what "codexcomp run --record DIR" recorded through the pipeline as it is now, and shows what the client would
    see: the rounds with their verdicts, and the usage. Nothing is sent anywhere.`,
    `A PATH is a recorded turn, a folder of them, an SSE body (*.sse, *.sse.txt; files that are called
    ...r1.sse, ...r2.sse are the rounds of one turn), or a HAR file.`,
  ],
  examples: [
    { line: "codexcomp replay recordings", does: "all turns in a folder, against what their clients got" },
    { line: "codexcomp replay recordings/TURN --diff", does: "what would be different now" },
    { line: "codexcomp replay recordings --use redact.js", does: "try an operator on yesterday's traffic" },
    { line: "codexcomp replay TURN --events --speed 1x", does: "what the client would see, when it would" },
  ],
  args: [
    {
      name: "PATH",
      describes: "recorded turns",
      required: true,
      repeatable: true,
      completes: "file",
    },
  ],
  flags: replayFlags,
  exitCodes: { 1: "a client would get something else than it got" },
  run: async (invocation) => (await import("./performReplay.js")).performReplay(invocation),
});
