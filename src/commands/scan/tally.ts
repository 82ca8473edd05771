import { tierOf } from "../../protocol/fingerprint.js";
import { weekOf } from "../weeks.js";
import type { LoggedResponse } from "../../codex/sessions/responses.js";

/** What was counted of a group of responses. */
export interface Counts {
  readonly responses: number;
  /** Those that reasoned at all. */
  readonly withReasoning: number;
  /** Those that ended at exactly 518n-2 reasoning tokens. */
  readonly fingerprinted: number;
}

/** The responses of one model and effort in one week, before or since Codex was wired. */
export interface Cell extends Counts {
  readonly model: string;
  readonly effort: string;
  /** The date of its Monday. */
  readonly week: string;
  readonly wired: boolean;
}

/** All counts, in memory that does not grow with the number of responses. */
export interface Tally {
  readonly cells: readonly Cell[];
  /** How many responses had exactly so many reasoning tokens, up to {@link HISTOGRAM_END}. */
  readonly histogram: Uint32Array;
  /** How many ended on each tier. */
  readonly tiers: ReadonlyMap<number, number>;
}

/** Past the tiers that matter, and their surroundings. */
export const HISTOGRAM_END = 12 * 518 + 100;

const NONE: Counts = { responses: 0, withReasoning: 0, fingerprinted: 0 };

/** Counts responses. @param wiredAt milliseconds since 1970, where it is known */
export function createTally(wiredAt: number | undefined): Tally & { add(response: LoggedResponse): void } {
  const cells = new Map<string, Cell>();
  const histogram = new Uint32Array(HISTOGRAM_END);
  const tiers = new Map<number, number>();
  return {
    get cells() {
      return [...cells.values()];
    },
    histogram,
    tiers,
    add({ time, model, effort, reasoning }) {
      const tier = tierOf(reasoning);
      if (tier !== undefined) tiers.set(tier, (tiers.get(tier) ?? 0) + 1);
      if (reasoning < HISTOGRAM_END) histogram[reasoning] = (histogram[reasoning] ?? 0) + 1;
      const cell = { model, effort, week: weekOf(time), wired: wiredAt !== undefined && time >= wiredAt };
      const key = Object.values(cell).join("\n");
      const one = {
        responses: 1,
        withReasoning: reasoning > 0 ? 1 : 0,
        fingerprinted: tier === undefined ? 0 : 1,
      };
      cells.set(key, { ...cell, ...sum([cells.get(key) ?? NONE, one]) });
    },
  };
}

/** All groups together. */
export function sum(groups: readonly Counts[]): Counts {
  return groups.reduce<Counts>(
    (all, one) => ({
      responses: all.responses + one.responses,
      withReasoning: all.withReasoning + one.withReasoning,
      fingerprinted: all.fingerprinted + one.fingerprinted,
    }),
    NONE,
  );
}
