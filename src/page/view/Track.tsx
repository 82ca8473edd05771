import { marksOf, stretchesOf, type Axis } from "../state/lanes.js";
import type { Turn } from "../state/live.js";
import type { Surroundings } from "./view.js";

interface TrackProps extends Pick<Surroundings, "words" | "format"> {
  readonly turn: Turn;
  readonly axis: Axis;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

/** A turn's phases as a strip. What it shows is said in words beside it. */
export function Track({ turn, axis, words, format }: TrackProps) {
  return (
    <div class="track" aria-hidden="true">
      {stretchesOf(turn, axis).map(({ phase, round, from, to }, index) => (
        <span
          key={index}
          class={`stretch ${phase}`}
          title={`${words.now.round(round)}: ${words.phases[phase]}`}
          style={{ left: percent(from), width: percent(to - from) }}
        />
      ))}
      {marksOf(turn, axis).map(({ at, round, reasoning, tier, continues }) => (
        <span
          key={round}
          class={`mark${tier === undefined ? "" : " tier"}${continues ? " continues" : ""}`}
          style={{ left: percent(at) }}
        >
          {reasoning !== undefined && <b>{format.count(reasoning)}</b>}
        </span>
      ))}
    </div>
  );
}
