import { seededRandom } from "../random.js";

/** What the model of a rehearsal is like. */
export type World = "helps" | "no-difference" | "nothing-cut";

export const WORLDS = ["helps", "no-difference", "nothing-cut"] as const satisfies readonly World[];

/** How the model of a rehearsal fares with one puzzle. */
export interface Fate {
  /** Reasoning tokens of the rounds that are cut, one after the other. */
  readonly cuts: readonly number[];
  /** Of the round that is not cut. */
  readonly tokens: number;
  /** Whether it has the right answer when it is cut, */
  readonly rightWhenCut: boolean;
  /** and when it was left to think to the end. */
  readonly right: boolean;
}

/** In a world where folding helps, as it was measured for gpt-5.5: 15 in 100 are right without, 90 with. */
const CHANCES = { cut: 15, whole: 90, either: 60 };

/** The same for the same puzzle. */
export function fateOf(world: World, task: string, seed: number): Fate {
  const random = seededRandom("rehearsal", world, task, seed);
  const tokens = random.pick([217, 302, 431, 664, 905]);
  const cuts = random.pick([[516], [516], [1034], [516, 1034]]);
  if (world === "helps") {
    return { cuts, tokens, rightWhenCut: random.chance(CHANCES.cut), right: random.chance(CHANCES.whole) };
  }
  const right = random.chance(CHANCES.either);
  return { cuts: world === "nothing-cut" ? [] : cuts, tokens, rightWhenCut: right, right };
}
