import type { FoldOptions } from "./foldOptions.js";
import { matchesGlob } from "./foldOptions.js";
import type { Thinking } from "./liveOutput.js";

/** Bytes under which no thought cut at 516 tokens was ever seen, about ten standard deviations away. */
const SAFE_LIMIT = 2000;

/** Bytes of a thought of no tokens, and the share of the expected size at 516 tokens that is taken as safe. */
const BASE = 684;
const SMALLEST_CUT = 516;
const MARGIN = 0.75;

/** Rounds with fewer reasoning tokens say too little about bytes a token. */
const ENOUGH_TOKENS = 80;

/** More models than this are not followed: their output is held. */
const MAX_MODELS = 100;

/** What a finished round tells about its model's sizes. */
export interface SizedRound {
  readonly model: string;
  readonly thinking: Thinking;
  /** Reasoning tokens the round reported. */
  readonly tokens: number | undefined;
  /** The size by which tentative output went out live; absent where it was held. */
  readonly liveBytes: number | undefined;
  /** The round ended on the fingerprint. */
  readonly truncated: boolean;
}

/** What is known of one model's sizes. */
export interface ModelSizes {
  /** Bytes under which output streams live; `undefined`: switched off until the restart. */
  readonly limit: number | undefined;
  /** Rounds that went live although they were cut. */
  readonly missed: number;
}

/** Learns from every round whether the guess by size was right; bounded, and lost with the process. */
export interface ReasoningSizes {
  /** Bytes under which a model's thought was not cut; `undefined`: hold. */
  limitFor(model: string): number | undefined;
  /** @returns what a person should be told, if the round changed something for the worse */
  learn(round: SizedRound): string | undefined;
  /** All models seen so far. */
  readonly models: ReadonlyMap<string, ModelSizes>;
}

/** @param options `hold` and `liveModels` say which models' sizes are looked at; they may change */
export function reasoningSizes(options: () => Pick<FoldOptions, "hold" | "liveModels">): ReasoningSizes {
  const models = new Map<string, ModelSizes>();
  const follows = (model: string): boolean => {
    const { hold, liveModels } = options();
    return hold === "adaptive" && matchesGlob(model, liveModels);
  };

  const sizesOf = (model: string): ModelSizes => {
    const known = models.get(model);
    if (known) return known;
    const fresh = { limit: models.size < MAX_MODELS ? SAFE_LIMIT : undefined, missed: 0 };
    if (models.size < MAX_MODELS) models.set(model, fresh);
    return fresh;
  };

  return {
    limitFor: (model) => (follows(model) ? sizesOf(model).limit : undefined),
    learn: (round) => {
      if (!follows(round.model)) return undefined;
      const before = sizesOf(round.model);
      if (before.limit === undefined) return undefined;
      const { sizes, notice } = learned(before, round);
      if (models.has(round.model)) models.set(round.model, sizes);
      return notice;
    },
    models,
  };
}

function learned(before: ModelSizes, round: SizedRound): { sizes: ModelSizes; notice?: string } {
  const { model, thinking, liveBytes, truncated } = round;
  const limit = before.limit ?? SAFE_LIMIT;
  if (liveBytes !== undefined && truncated) {
    const missed = before.missed + 1;
    const off = missed > 1;
    const then = off ? "its answers are held until the restart" : `its limit is now ${liveBytes} bytes`;
    return {
      sizes: { limit: off ? undefined : Math.min(limit, liveBytes), missed },
      notice: `${model}: a round went live at ${liveBytes} bytes of reasoning and was cut after all; ${then}`,
    };
  }
  if (thinking.items > 0 && thinking.bytes > 0 && !thinking.knownShape) {
    return {
      sizes: { ...before, limit: undefined },
      notice: `${model}: encrypted reasoning of an unknown shape; its answers are held until the restart`,
    };
  }
  return { sizes: { ...before, limit: Math.min(limit, limitBySize(round)) } };
}

/** A model that packs its tokens denser is given a lower limit by its own rounds. */
function limitBySize({ thinking, tokens = 0 }: SizedRound): number {
  if (tokens < ENOUGH_TOKENS || thinking.items === 0 || thinking.hostedTool) return SAFE_LIMIT;
  const bytesPerToken = (thinking.bytes - BASE * thinking.items) / tokens;
  return Math.floor(BASE + SMALLEST_CUT * MARGIN * Math.max(bytesPerToken, 0));
}
