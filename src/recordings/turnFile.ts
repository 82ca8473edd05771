import { nameOf } from "../operators/failureWords.js";
import type { UserOperators } from "../operators/userOperators.js";
import type { RawHeaders } from "../protocol/errors.js";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../protocol/foldOptions.js";
import { effortOf, type TurnRequest } from "../protocol/request.js";
import { packageVersion } from "../version.js";
import { VERSION, type TurnFile } from "./format.js";
import { keptHeaders } from "./keptHeaders.js";
import type { Privacy } from "./redaction/privacy.js";

/** What there is to know of a turn when it begins. */
export interface TurnAbout {
  /** The turn's id in the log. */
  readonly id: string;
  readonly request: TurnRequest;
  readonly transport: string;
  /** The client's own. */
  readonly headers: RawHeaders;
  readonly fold: FoldOptions;
  readonly liveLimit: number | undefined;
  readonly operators: UserOperators | undefined;
}

/** The text of `turn.json`. */
export function turnFile(turn: TurnAbout, time: Date, redacted: boolean, hide: Privacy): string {
  const { id, request, transport, headers, liveLimit, operators } = turn;
  const { continueWhen, nudge, ...fold } = turn.fold;
  const names = (of: keyof UserOperators): string[] =>
    (operators?.[of] ?? []).map(nameOf).map((name) => hide.name(name));
  const file: TurnFile = {
    format: "codexcomp-recording",
    version: VERSION,
    codexcomp: packageVersion,
    redacted,
    id,
    time: time.toISOString(),
    transport,
    model: request.model,
    effort: effortOf(request) ?? null,
    headers: keptHeaders(headers),
    history_unknown: request.historyUnknown === true,
    fold: { ...fold, ...(typeof nudge === "string" && { nudge: isUsual(nudge) ? nudge : hide.name(nudge) }) },
    continue_when: continueWhen !== undefined,
    live_limit: liveLimit ?? null,
    operators: { round: names("round"), response: names("response") },
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

const isUsual = (nudge: string): boolean => nudge === DEFAULT_FOLD_OPTIONS.nudge;
