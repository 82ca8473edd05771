import type { RawHeaders } from "../protocol/errors.js";
import type { ResponseEvent } from "../protocol/event.js";
import type { FoldOptions } from "../protocol/foldOptions.js";
import type { EndNote, TurnFile, VerdictNote } from "./format.js";

/** An event and when it came: in seconds since the turn began, where that is known. */
export interface RecordedEvent {
  readonly at: number | undefined;
  readonly event: ResponseEvent;
}

/** A recorded stream: a round, or what the client got. */
export interface RecordedStream {
  readonly events: readonly RecordedEvent[];
  /** `cut`: the recording itself ends before the stream did. */
  readonly end: (Omit<EndNote, "at" | "how"> & { readonly how: EndNote["how"] | "cut" }) | undefined;
}

export interface RecordedRound extends RecordedStream {
  /** When it was asked for, in seconds since the turn began. */
  readonly at: number | undefined;
  readonly head: { readonly status: number; readonly headers: RawHeaders } | undefined;
  /** A refusal's. */
  readonly body: string | undefined;
  readonly verdict: VerdictNote | undefined;
}

/** A recorded turn, or a file of another tool read as one. */
export interface Recording {
  /** Where it is. */
  readonly name: string;
  readonly source: "codexcomp" | "sse" | "har";
  /** The request body, as round 1 sent it; made up where it was not recorded. */
  readonly request: string;
  /** `turn.json`; `undefined` for files of other tools. */
  readonly turn: TurnFile | undefined;
  /** The fold's options at the time, where they are known. Functions are not. */
  readonly fold: Partial<FoldOptions>;
  readonly rounds: readonly RecordedRound[];
  /** What the client got, where that was recorded. */
  readonly client: RecordedStream | undefined;
  /** What the recording lacks, in words; empty where it is whole. */
  readonly missing: readonly string[];
}

/** Something that is no recording, or none that can be read. The message names it. */
export class UnreadableRecording extends Error {
  override readonly name = "UnreadableRecording";
}
