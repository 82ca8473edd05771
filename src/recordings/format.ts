import type { FoldOptions } from "../protocol/foldOptions.js";
import type { Verdict } from "../protocol/signals.js";
import type { Usage } from "../protocol/usage.js";

/**
 * How a turn is kept on disk (docs/recordings.md): a folder with `turn.json`, `request.json`, a `round-N.sse` for each
 * round and `client.sse`. The `.sse` files are plain SSE; what else there is to say of a stream stands in comments
 * that begin with `codexcomp`.
 */
export const VERSION = 1;

export const TURN_FILE = "turn.json";
export const REQUEST_FILE = "request.json";
export const CLIENT_FILE = "client.sse";
export const roundFile = (round: number): string => `round-${round}.sse`;

/** Header names and values that may be kept, in wire order. */
export type KeptHeaders = readonly (readonly [name: string, value: string])[];

/** `turn.json`: what is known when the turn begins. */
export interface TurnFile {
  readonly format: "codexcomp-recording";
  readonly version: number;
  /** The program that recorded it. */
  readonly codexcomp: string;
  /** Texts were replaced by filler. */
  readonly redacted: boolean;
  /** The turn's id in the log. */
  readonly id: string;
  /** ISO 8601; every `at` of the recording is in seconds since then. */
  readonly time: string;
  readonly transport: string;
  readonly model: string;
  readonly effort: string | null;
  /** The client's headers, of the POST or of the handshake. */
  readonly headers: KeptHeaders;
  /** The conversation before the turn was not known to the proxy. */
  readonly history_unknown: boolean;
  /** The {@link FoldOptions} in force. Functions are not kept. */
  readonly fold: Partial<Omit<FoldOptions, "continueWhen">>;
  /** There was a `continueWhen` of the user's own. */
  readonly continue_when: boolean;
  /** Bytes under which the model's reasoning was taken as not cut; `null`: it was held. */
  readonly live_limit: number | null;
  /** Names of the user's own operators. */
  readonly operators: { readonly round: readonly string[]; readonly response: readonly string[] };
}

/** What the comments in a stream's file say. */
export interface Notes {
  /** When the round was asked for, and how large its body was. */
  readonly round: { readonly at: number; readonly round: number; readonly body_bytes: number };
  /** The head of the upstream's answer. */
  readonly head: { readonly at: number; readonly status: number; readonly headers: KeptHeaders };
  /** The body of a refusal. */
  readonly body: { readonly text: string; readonly cut?: boolean };
  readonly verdict: VerdictNote;
  readonly end: EndNote;
}

/** What became of a round. */
export type VerdictNote = Verdict & {
  readonly at: number;
  readonly tier: number | null;
  readonly usage: Usage | null;
  /** Types of the items that were held. */
  readonly held: readonly string[];
};

/** How a stream ended. */
export interface EndNote {
  readonly at: number;
  /** `left`: the client left, or the proxy was done with it; `failed`: a bug */
  readonly how: "completed" | "lost" | "refused" | "left" | "failed";
  /** Of a loss: when it happened, and how in words. */
  readonly phase?: string;
  readonly reason?: string;
  /** In `client.sse`: why the turn stopped where it did. */
  readonly stop?: string;
}

/** A note as an SSE comment. */
export function noteText<K extends keyof Notes>(kind: K, note: Notes[K]): string {
  return `: codexcomp ${kind} ${JSON.stringify(note)}\n\n`;
}

/** The comment that stands before an event. @param repeated the proxy repeated it, to be heard */
export function arrivalText(at: number, repeated: boolean): string {
  return `: codexcomp at ${at.toFixed(3)}${repeated ? " repeated" : ""}\n`;
}

/** What a comment of an SSE file says. */
export type Remark =
  | { readonly kind: "at"; readonly at: number; readonly repeated: boolean }
  | { readonly [K in keyof Notes]: { readonly kind: K; readonly note: Notes[K] } }[keyof Notes];

const NOTE_KINDS: ReadonlySet<string> = new Set<keyof Notes>(["round", "head", "body", "verdict", "end"]);

/** Reads a comment. @returns `undefined` for one that is not ours */
export function readRemark(comment: string): Remark | undefined {
  const [, kind = "", rest = ""] = /^ ?codexcomp (\w+) (.*)$/s.exec(comment) ?? [];
  if (kind === "at") return { kind, at: Number.parseFloat(rest) || 0, repeated: rest.endsWith(" repeated") };
  if (!NOTE_KINDS.has(kind)) return undefined;
  try {
    return { kind, note: JSON.parse(rest) } as Remark;
  } catch {
    return undefined;
  }
}
