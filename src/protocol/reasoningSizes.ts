import type { FoldOptions } from "./foldOptions.js";
import { matchesGlob } from "./globs.js";
import type { LiveDecision, Thinking } from "./liveOutput.js";

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
  /** Whether its output went out live; absent where it had none, or could not be continued anyway. */
  readonly live: LiveDecision | undefined;
  /** The round ended on the fingerprint. */
  readonly truncated: boolean;
}

/** What is known of one model's sizes. */
export interface ModelSizes {
  /** Bytes under which output streams live; `undefined`: switched off until the restart. */
  readonly limit: number | undefined;
  /** Rounds whose output went out live, because of the reasoning's size. */
  readonly live: number;
  /** Rounds whose output was held until the verdict. */
  readonly held: number;
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
    const limit = models.size < MAX_MODELS ? SAFE_LIMIT : undefined;
    const fresh = { limit, live: 0, held: 0, missed: 0 };
    if (models.size < MAX_MODELS) models.set(model, fresh);
    return fresh;
  };

  return {
    limitFor: (model) => (follows(model) ? sizesOf(model).limit : undefined),
    learn: (round) => {
      if (!follows(round.model)) return undefined;
      const { sizes, notice } = learned(counted(sizesOf(round.model), round), round);
      if (models.has(round.model)) models.set(round.model, sizes);
      return notice;
    },
    models,
  };
}

function counted(before: ModelSizes, { live, truncated }: SizedRound): ModelSizes {
  // What went out live before any reasoning came says nothing about sizes.
  if (!live || (live.live && live.bytes === 0)) return before;
  return {
    ...before,
    live: before.live + (live.live ? 1 : 0),
    held: before.held + (live.live ? 0 : 1),
    missed: before.missed + (live.live && truncated ? 1 : 0),
  };
}

function learned(before: ModelSizes, round: SizedRound): { sizes: ModelSizes; notice?: string } {
  const { limit, missed } = before;
  if (limit === undefined) return { sizes: before };
  const { model, thinking, live, truncated } = round;
  if (live?.live && live.bytes > 0 && truncated) {
    const off = missed > 1;
    const then = off ? "its answers are held until the restart" : `its limit is now ${live.bytes} bytes`;
    return {
      sizes: { ...before, limit: off ? undefined : Math.min(limit, live.bytes) },
      notice: `${model}: a round went live at ${live.bytes} bytes of reasoning and was cut after all; ${then}`,
    };
  }
  if (thinking.bytes > 0 && !thinking.knownShape) {
    return {
      sizes: { ...before, limit: undefined },
      notice: `${model}: encrypted reasoning of an unknown shape; its answers are held until the restart`,
    };
  }
  return { sizes: { ...before, limit: Math.min(limit, limitBySize(round)) } };
}

/** A model that packs its tokens denser is given a lower limit by its own rounds. */
function limitBySize({ thinking, tokens = 0 }: SizedRound): number {
  // Without bytes: nobody asked for encrypted content.
  if (tokens < ENOUGH_TOKENS || thinking.bytes === 0 || thinking.hostedTool) return SAFE_LIMIT;
  const bytesPerToken = (thinking.bytes - BASE * thinking.items) / tokens;
  return Math.floor(BASE + SMALLEST_CUT * MARGIN * Math.max(bytesPerToken, 0));
}
