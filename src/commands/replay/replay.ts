import { defineCommand } from "../command.js";
import { replayFlags } from "./replayFlags.js";

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
  async run(invocation) {
    const { performReplay } = await import("./performReplay.js");
    return performReplay(invocation);
  },
});
