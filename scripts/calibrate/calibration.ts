import { decideLive } from "../../src/protocol/liveOutput.js";
import { reasoningSizes } from "../../src/protocol/reasoningSizes.js";
import { fitOf, type Fit } from "./fit.js";
import { isPlain, wasCut, type SizedResponse } from "./sized.js";

/** What sizes tell of one model. */
export interface Calibration {
  readonly model: string;
  readonly responses: number;
  /** Responses that ended on the fingerprint. */
  readonly cut: number;
  /** Bytes by tokens, of responses with a single item; `undefined` where there are too few. */
  readonly fit: Fit | undefined;
  /** What the fit says of a thought of 516 tokens, in bytes. */
  readonly bytesAtFirstCut: number | undefined;
  /** The limit that the proxy would come to by these responses, in bytes; `undefined`: it would hold everything. */
  readonly limit: number | undefined;
  /** Responses that would have gone live under that limit. */
  readonly live: number;
  /** Of these, those that were cut. */
  readonly missed: number;
  /** Cut responses that would have gone live under other limits. */
  readonly missedAt: Readonly<Record<number, number>>;
}

/** Limits that are looked at for comparison, in bytes. */
export const LIMITS = [1600, 2000, 2400, 2800] as const;

const FIRST_CUT = 516;

/** Calibrates every model by its own responses; the one with most responses first. */
export function calibrate(responses: readonly SizedResponse[]): Calibration[] {
  return [...byModel(responses)]
    .map(([model, own]) => calibrationOf(model, own))
    .sort((a, b) => b.responses - a.responses);
}

function byModel(responses: readonly SizedResponse[]): Map<string, SizedResponse[]> {
  const models = new Map<string, SizedResponse[]>();
  for (const response of responses) {
    models.set(response.model, [...(models.get(response.model) ?? []), response]);
  }
  return models;
}

function calibrationOf(model: string, responses: readonly SizedResponse[]): Calibration {
  const fit = fitOf(
    responses
      .filter((response) => isPlain(response) && response.tokens > 0)
      .map(({ tokens, thinking }) => ({ x: tokens, y: thinking.bytes })),
  );
  const limit = learnedLimit(model, responses);
  const under = (bytes: number | undefined) => responses.filter((response) => goesLive(response, bytes));
  return {
    model,
    responses: responses.length,
    cut: responses.filter(wasCut).length,
    fit,
    bytesAtFirstCut: fit && Math.round(fit.base + fit.slope * FIRST_CUT),
    limit,
    live: under(limit).length,
    missed: under(limit).filter(wasCut).length,
    missedAt: Object.fromEntries(LIMITS.map((bytes) => [bytes, under(bytes).filter(wasCut).length])),
  };
}

/** Shows the responses to the rule itself, all of them held. */
function learnedLimit(model: string, responses: readonly SizedResponse[]): number | undefined {
  const sizes = reasoningSizes(() => ({ hold: "adaptive", liveModels: ["*"] }));
  for (const { thinking, tokens } of responses) {
    sizes.learn({ model, thinking, tokens, live: undefined, truncated: false });
  }
  return sizes.limitFor(model);
}

export function goesLive({ thinking }: SizedResponse, limit: number | undefined): boolean {
  return decideLive(thinking, { limit, round: 1, afterStall: false }).live;
}
