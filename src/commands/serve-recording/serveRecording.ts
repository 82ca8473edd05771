import { configRules as rules } from "../../options/rules.js";
import { defineCommand, type FlagTable, type FlagValues } from "../command.js";
import { speed } from "../replay/replay.js";

export const serveRecordingFlags = {
  port: {
    type: "number",
    value: "PORT",
    default: 8788,
    allowed: rules.port,
    describes: "the port to listen on",
  },
  speed: {
    type: "string",
    value: "SPEED",
    default: "1x",
    allowed: speed,
    describes: "1x for the times of the recording, or max",
  },
} as const satisfies FlagTable;

export type ServeRecordingFlags = FlagValues<typeof serveRecordingFlags>;

export const serveRecording = defineCommand({
  name: "serve-recording",
  summary: "play recorded turns as an upstream for real clients",
  description: [
    `Listens on 127.0.0.1 and answers as the upstream did: POST as SSE, and WebSocket. Each request gets round 1 of the next
    recorded turn, and begins again behind the last; a continuation gets the next round of its turn. One conversation at a
    time. Nothing is sent anywhere.`,
    "Put the proxy before it, or a client:",
    "  codexcomp run --upstream http://127.0.0.1:8788/v1",
    '  openai_base_url = "http://127.0.0.1:8788/v1"',
  ],
  examples: [
    { line: "codexcomp serve-recording recordings/TURN", does: "one turn, as fast as it was" },
    { line: "codexcomp serve-recording recordings --port 9000 --speed max", does: "all of them, at once" },
  ],
  args: [{ name: "PATH", describes: "recorded turns", required: true, repeatable: true, completes: "file" }],
  flags: serveRecordingFlags,
  run: async (invocation) => (await import("./serveRecordings.js")).serveRecordings(invocation),
});
