import { extraOf } from "../state/cost.js";
import { ownAxis } from "../state/lanes.js";
import type { Round, Turn } from "../state/live.js";
import type { PageState } from "../state/pageState.js";
import { Track } from "./Track.js";
import { named, type Surroundings } from "./view.js";

/** The turns that are over, newest first, each unfolding into its rounds. */
export function Last({ state, ...around }: { readonly state: PageState } & Surroundings) {
  const { words } = around;
  const { finished } = state.live;
  return (
    <section aria-labelledby="last" class="last">
      <h2 id="last">{words.last.title}</h2>
      {finished.length === 0 ? (
        <p class="idle">{words.last.none}</p>
      ) : (
        <ul>
          {finished.map((turn) => (
            <li key={`${turn.id} ${turn.startedAt}`} data-turn={turn.id}>
              <details>
                <Summary turn={turn} {...around} />
                <Rounds turn={turn} {...around} />
              </details>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface TurnProps extends Surroundings {
  readonly turn: Turn;
}

/** How the turn's colour says how it ended. */
function toneOf({ rounds, end }: Turn): "good" | "bad" | "warn" | "plain" {
  if (end?.outcome !== "completed") return end?.outcome === "aborted" ? "warn" : "bad";
  if (end.stop === "natural") return rounds.length > 1 ? "good" : "plain";
  return rounds.some(({ end }) => end?.tier !== undefined) ? "warn" : "plain";
}

function Summary({ turn, words, format }: TurnProps) {
  const { end, rounds } = turn;
  const outcome =
    end?.outcome === "completed"
      ? named(words.reasons, end.stop)
      : named(words.outcomes, end?.outcome ?? words.unknown);
  return (
    <summary>
      <time>{format.time(turn.startedAt)}</time>
      <b>{turn.model || words.unknown}</b>
      <span class="soft">{turn.effort ?? ""}</span>
      <Track turn={turn} axis={ownAxis(turn, turn.startedAt)} words={words} format={format} />
      <span class="soft">{words.last.rounds(rounds.length)}</span>
      <span class="soft number">{format.duration(end?.seconds ?? 0)}</span>
      <span class={`pill ${toneOf(turn)}`}>{outcome}</span>
    </summary>
  );
}

function Rounds({ turn, words, format }: TurnProps) {
  const { columns } = words.last;
  const extra = extraOf(turn);
  const added = extra && words.last.extra(format.count(extra.tokens), format.duration(extra.seconds));
  return (
    <div class="rounds">
      <p>
        {`${named(words.transports, turn.transport)} · ${turn.id} · `}
        {added ?? words.last.noExtra}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label={words.last.rounds(turn.rounds.length)}>
        <table>
          <thead>
            <tr>
              {Object.entries(columns).map(([key, title]) => (
                <th key={key} scope="col" class={WORDS.has(key) ? undefined : "numeric"}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {turn.rounds.map((round) => (
              <RoundRow key={round.round} round={round} words={words} format={format} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const WORDS = new Set(["verdict", "answer"]);

function RoundRow({
  round,
  words,
  format,
}: { readonly round: Round } & Pick<Surroundings, "words" | "format">) {
  const { end } = round;
  const { tokens, tier, held = [], live, failure } = end ?? {};
  const number = (value: number | undefined): string => (value === undefined ? "–" : format.count(value));
  const way = live === undefined ? "" : live ? words.last.live : words.last.held;
  const verdict = end ? named(words.reasons, end.reason) : "–";
  return (
    <tr>
      <th scope="row" class="numeric">
        {round.round}
      </th>
      <td class={`numeric${tier === undefined ? "" : " bad"}`}>{number(tokens?.reasoning)}</td>
      <td class="numeric">{number(tier)}</td>
      <td>{failure === undefined ? verdict : `${verdict}: ${failure}`}</td>
      <td>{[way, held.join(", ")].filter((text) => text !== "").join(": ") || "–"}</td>
      <td class="numeric">{number(tokens?.input)}</td>
      <td class="numeric">{number(tokens?.cached)}</td>
      <td class="numeric">{number(tokens?.output)}</td>
      <td class="numeric">{end ? format.duration(end.seconds) : "–"}</td>
    </tr>
  );
}
