import type { Recording } from "../../recordings/recording.js";
import { simulatedUpstream, type SimulatedUpstream } from "../../testing/index.js";
import type { Invocation } from "../command.js";
import { recordingsAt } from "../replay/load.js";
import { speedOf } from "../replay/replay.js";
import { createLog, type Log } from "../run/log.js";
import { printable } from "../../reports/printable.js";
import { playback } from "./playback.js";
import type { ServeRecordingFlags } from "./serveRecording.js";

/** Plays recordings until the signal. @returns the exit code */
export async function serveRecordings(invocation: Invocation<ServeRecordingFlags>): Promise<number> {
  const { args, flags, stderr, env, signal } = invocation;
  const recordings: Recording[] = [];
  for await (const recording of recordingsAt(args)) recordings.push(recording);
  const log = createLog({ level: "info", format: "text", output: stderr, env });
  const script = playback(recordings, speedOf(flags.speed), ({ recording: { name, rounds }, round }) =>
    log("info", `round ${round} of ${rounds.length}: ${printable(name)}`),
  );
  const upstream = await listen(() => simulatedUpstream({ script, port: flags.port }), flags.port, log);
  if (!upstream) return 1;
  const base = `${upstream.url}/v1`;
  log("info", `playing ${recordings.length} recorded turn(s) on ${base}`);
  log("info", `before it: codexcomp run --upstream ${base}, or Codex with openai_base_url = "${base}"`);
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await upstream.close();
  return 0;
}

async function listen(
  start: () => Promise<SimulatedUpstream>,
  port: number,
  log: Log,
): Promise<SimulatedUpstream | undefined> {
  try {
    return await start();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    log("error", code === "EADDRINUSE" ? `port ${port} is taken: choose another one with --port` : message);
    return undefined;
  }
}
