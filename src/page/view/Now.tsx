import { axisOf, secondsBefore, type Axis } from "../state/lanes.js";
import type { Turn } from "../state/live.js";
import type { PageState } from "../state/pageState.js";
import { Track } from "./Track.js";
import { named, type Surroundings } from "./view.js";

/** More lanes than that nobody can follow. */
const MOST_LANES = 24;

/** The turns that are running, each in its lane, on one axis. */
export function Now({ state, ...around }: { readonly state: PageState } & Surroundings) {
  const { words, format } = around;
  const { running } = state.live;
  const axis = axisOf(running, state.now);
  const shown = running.slice(0, MOST_LANES);
  return (
    <section aria-labelledby="now" class="now">
      <h2 id="now" tabIndex={-1}>
        {words.now.title} <span class="badge">{format.count(running.length)}</span>
        <Legend {...around} />
      </h2>
      {running.length === 0 ? (
        <p class="idle">{words.now.idle}</p>
      ) : (
        <div class="lanes">
          <ul>
            {shown.map((turn) => (
              <Lane key={turn.id} turn={turn} axis={axis} now={state.now} {...around} />
            ))}
          </ul>
          {running.length > shown.length && (
            <p>{words.now.more(format.count(running.length - shown.length))}</p>
          )}
          <Scale axis={axis} {...around} />
        </div>
      )}
    </section>
  );
}

function Legend({ words }: Surroundings) {
  return (
    <span class="legend">
      {(["thinking", "holding", "writing"] as const).map((phase) => (
        <span key={phase}>
          <i class={`swatch ${phase}`} /> {words.phases[phase]}
        </span>
      ))}
    </span>
  );
}

interface LaneProps extends Surroundings {
  readonly turn: Turn;
  readonly axis: Axis;
  readonly now: number;
}

function Lane({ turn, axis, now, words, format }: LaneProps) {
  const round = turn.rounds.at(-1);
  const phase = words.phases[round?.phases.at(-1)?.phase ?? "thinking"];
  const time = format.duration(Math.max(0, Math.round((now - turn.startedAt) / 1000)));
  const over = turn.rounds.flatMap(({ round, end }) => {
    if (!end?.tokens) return [];
    const tokens = format.count(end.tokens.reasoning);
    const said = end.continues ? words.now.continues(tokens) : words.now.ended(tokens);
    return [`${words.now.round(round)}: ${said}`];
  });
  return (
    <li class="lane" data-turn={turn.id}>
      <div class="who">
        <b>{turn.model || words.unknown}</b>
        {turn.effort !== undefined && <span>{turn.effort}</span>}
        <span>{named(words.transports, turn.transport)}</span>
        <span class="id">{turn.id}</span>
      </div>
      <Track {...{ turn, axis, words, format }} />
      <div class="what">
        <b class="elapsed">{time}</b>
        {over.map((text) => (
          <span key={text} class="over">
            {text}
          </span>
        ))}
        <span>{`${words.now.round(round?.round ?? 1)}: ${phase}`}</span>
      </div>
    </li>
  );
}

function Scale({ axis, words, format }: { readonly axis: Axis } & Surroundings) {
  const length = (axis.to - axis.from) / 1000;
  return (
    <div class="scale" aria-hidden="true">
      {secondsBefore(axis).map((seconds) => (
        <span
          key={seconds}
          class={seconds > length * 0.95 ? "edge" : undefined}
          style={{ left: `${((1 - seconds / length) * 100).toFixed(2)}%` }}
        >
          {seconds === 0 ? words.now.nowMark : `−${format.duration(seconds)}`}
        </span>
      ))}
    </div>
  );
}
