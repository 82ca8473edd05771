import type { Phase } from "../messages.js";
import type { Turn } from "./live.js";

/** A stretch of a lane, in shares of the axis (0 to 1). */
export interface Stretch {
  readonly phase: Phase;
  readonly round: number;
  readonly from: number;
  readonly to: number;
}

/** The end of a round on a lane. */
export interface Mark {
  readonly at: number;
  readonly round: number;
  readonly reasoning: number | undefined;
  readonly tier: number | undefined;
  readonly continues: boolean;
}

/** The time that an axis covers, in milliseconds since 1970. */
export interface Axis {
  readonly from: number;
  readonly to: number;
}

/** An axis is never shorter, so that a turn that has just begun is short. */
const SHORTEST = 20_000;

/** Nor longer: what began before is cut off. */
const LONGEST = 15 * 60_000;

/** One axis for all running turns, so that they can be compared. It ends now. */
export function axisOf(running: readonly Turn[], now: number): Axis {
  const oldest = Math.min(now, ...running.map(({ startedAt }) => startedAt));
  const length = Math.min(Math.max(now - oldest, SHORTEST), LONGEST);
  return { from: now - length, to: now };
}

/** The axis of one turn that is over: all of it. */
export function ownAxis({ startedAt, end }: Turn, now: number): Axis {
  return { from: startedAt, to: Math.max(end?.at ?? now, startedAt + 1) };
}

/** A turn's phases on an axis; what lies before it is left out. */
export function stretchesOf({ rounds, end }: Turn, axis: Axis): Stretch[] {
  const last = end?.at ?? axis.to;
  const phases = rounds.flatMap(({ round, phases, end }) =>
    phases.map((phase, index) => ({ ...phase, round, to: phases[index + 1]?.from ?? end?.at })),
  );
  return phases.flatMap(({ phase, from, round, to }, index) => {
    const until = to ?? phases[index + 1]?.from ?? last;
    const [begin, finish] = [shareOf(from, axis), shareOf(until, axis)];
    return finish > begin ? [{ phase, round, from: begin, to: finish }] : [];
  });
}

/** The ends of a turn's rounds on an axis. */
export function marksOf({ rounds }: Turn, axis: Axis): Mark[] {
  return rounds.flatMap(({ round, end }) =>
    end && end.at >= axis.from
      ? [
          {
            ...{ at: shareOf(end.at, axis), round, reasoning: end.tokens?.reasoning, tier: end.tier },
            continues: end.continues,
          },
        ]
      : [],
  );
}

/** Round times for an axis that ends now, in seconds before it. */
export function secondsBefore({ from, to }: Axis): number[] {
  const seconds = (to - from) / 1000;
  const step = [5, 10, 15, 30, 60, 120, 180, 300].find((size) => seconds / size <= 5) ?? 300;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
}

function shareOf(time: number, { from, to }: Axis): number {
  return Math.min(1, Math.max(0, (time - from) / (to - from)));
}
