import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { howEnded, isSameOutcome, type ClientStream } from "../../src/recordings/compare.js";
import type { RecordedStream, Recording } from "../../src/recordings/recording.js";
import { replayTurn } from "../../src/recordings/replay.js";
import type { ResponseEvent } from "../../src/protocol/event.js";
import type { TurnHooks } from "../../src/pipeline.js";
import type { Answer } from "../../src/testing/index.js";
import { startProxy, type ProxySettings } from "../transport/support/proxy.js";
import { runTurn, simulated } from "../transport/support/turns.js";

/** A folder that is gone with the test. */
export async function scratchFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "codexcomp-recordings-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** All that is written below a folder, names and contents. */
export async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return (await Promise.all(files.map(async (file) => `${file}\n${await readFile(file, "utf8")}`))).join(
    "\n",
  );
}

/** What a client gets of a recording now. */
export async function replayed(recording: Recording, hooks?: TurnHooks): Promise<ClientStream> {
  const events: ResponseEvent[] = [];
  return new Promise((resolve) =>
    replayTurn(recording, hooks).subscribe({
      next: (event) => events.push(event),
      complete: () => resolve({ events, how: "completed" }),
      error: (error: unknown) => resolve({ events, how: howEnded(error) }),
    }),
  );
}

/** True if a recording replays to what its client got. */
export async function replaysTheSame(recording: Recording): Promise<boolean> {
  return recording.client !== undefined && isSameOutcome(recording.client, await replayed(recording));
}

/** The texts of a recorded stream's events. */
export function textsOf(stream: RecordedStream | undefined): string[] {
  return (stream?.events ?? []).map(({ event }) => event.data);
}

/** Records one turn of a POST. @returns its folder */
export async function recordTurn(script: readonly Answer[], settings: ProxySettings = {}): Promise<string> {
  const folder = await scratchFolder();
  const upstream = await simulated({ script });
  const { proxy, url } = await startProxy(upstream.url, { ...settings, record: folder });
  await runTurn(url);
  await proxy.close(true);
  const [name = ""] = await readdir(folder);
  return join(folder, name);
}
