import { defineCommand } from "../command.js";
import { serveRecordingFlags } from "./serveRecordingFlags.js";

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
  async run(invocation) {
    const { serveRecordings } = await import("./serveRecordings.js");
    return serveRecordings(invocation);
  },
});
