import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** Numbers that are the same in every run for the same seed. */
export interface Random {
  /** A whole number, both bounds included. */
  int(from: number, to: number): number;
  /** True so many times in a hundred. */
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
}

/** @param seed words and numbers; every other combination gives other numbers */
export function seededRandom(...seed: readonly (string | number)[]): Random {
  const generator = xoroshiro128plus(seedOf(...seed));
  const int = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    int,
    chance: (percent) => int(1, 100) <= percent,
    pick: (list) => {
      const picked = list[int(0, list.length - 1)];
      if (picked === undefined) throw new RangeError("nothing to pick from");
      return picked;
    },
    shuffled: (list) => {
      const cards = [...list];
      for (let left = cards.length - 1; left > 0; left--) {
        const other = int(0, left);
        [cards[left], cards[other]] = [cards[other] as (typeof cards)[0], cards[left] as (typeof cards)[0]];
      }
      return cards;
    },
  };
}

/** One whole number of 31 bits, made from several. */
export function seedOf(...parts: readonly (string | number)[]): number {
  // Not imported: the names of puzzles are part of the command line, and every start would wait for it.
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(JSON.stringify(parts)).digest().readUInt32BE() >>> 1;
}
