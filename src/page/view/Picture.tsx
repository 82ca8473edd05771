import { histogram } from "../../charts/index.js";
import type { PageState } from "../state/pageState.js";
import { isTier, tierTokens } from "../state/tiers.js";
import { Chart } from "./Chart.js";
import { Choice } from "./Choice.js";
import { chartWidth, type Surroundings } from "./view.js";

type Counts = readonly (readonly [value: number, count: number])[];

/** The histogram of reasoning tokens, whose spikes are the whole story. */
export function Picture({ state, ...around }: { readonly state: PageState } & Surroundings) {
  const { words, show } = around;
  const { history, live, source } = state;
  const { scan } = live;
  const ofLogs = scan.state === "done" ? scan.found.tokens : [];
  const counts = source === "logs" ? ofLogs : (history?.journal?.tokens ?? []);
  return (
    <section aria-labelledby="picture" class="picture">
      <h2 id="picture">
        {words.picture.title}
        <Choice
          label={words.picture.sourcesLabel}
          options={words.picture.sources}
          chosen={source}
          choose={show.source}
        />
      </h2>
      <p>{words.picture.explain}</p>
      {source === "logs" && <Scanning state={state} {...around} />}
      <Spikes counts={counts} width={chartWidth(state.width)} {...around} />
    </section>
  );
}

interface SpikesProps extends Surroundings {
  readonly counts: Counts;
  readonly width: number;
}

function Spikes({ counts, width, words, format }: SpikesProps) {
  const thought = counts.filter(([value]) => value > 0);
  if (thought.length === 0) return <p class="idle">{words.picture.empty}</p>;
  const total = thought.reduce((sum, [, count]) => sum + count, 0);
  const onTiers = thought.filter(([value]) => isTier(value)).sort(([a], [b]) => a - b);
  const cut = onTiers.reduce((sum, [, count]) => sum + count, 0);
  const { columns } = words.picture;
  const svg = histogram({
    id: "spikes",
    title: words.picture.chart,
    description: words.picture.say(format.count(cut), format.count(total)),
    counts: thought,
    ...{ width, height: width < 500 ? 220 : 300 },
    marked: tierTokens(thought.reduce((most, [value]) => Math.max(most, value), 0)),
    xTitle: words.picture.x,
    yTitle: words.picture.y,
    number: format.count,
  });
  return (
    <>
      <Chart svg={svg} />
      <p class="soft">{words.picture.say(format.count(cut), format.count(total))}</p>
      {onTiers.length > 0 && (
        <details class="numbers">
          <summary>{words.picture.table}</summary>
          <table>
            <thead>
              <tr>
                {Object.values(columns).map((title) => (
                  <th key={title} scope="col" class="numeric">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {onTiers.map(([value, count]) => (
                <tr key={value}>
                  <th scope="row" class="numeric">
                    {(value + 2) / 518}
                  </th>
                  <td class="numeric">{format.count(value)}</td>
                  <td class="numeric">{format.count(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </>
  );
}

function Scanning({ state, words, format, scan: start }: { readonly state: PageState } & Surroundings) {
  const { scan } = state.live;
  const { picture } = words;
  if (scan.state === "running") {
    const says = picture.scanning(format.bytes(scan.done), format.bytes(scan.total));
    return (
      <div class="scanning" role="status">
        <progress aria-label={picture.scanLabel} max={Math.max(1, scan.total)} value={scan.done} />
        <span>{says}</span>
      </div>
    );
  }
  return (
    <div class="scanning" role="status">
      {scan.state === "failed" && <p class="bad">{picture.failed(scan.why)}</p>}
      {scan.state === "done" && (
        <p>
          {picture.found(format.count(scan.found.files), format.count(scan.found.responses))}{" "}
          <b class={scan.found.affected ? "bad" : "good"}>
            {(scan.found.affected ? picture.affected : picture.notAffected)(
              format.count(scan.found.fingerprinted),
              format.count(scan.found.expectedByChance),
            )}
          </b>
        </p>
      )}
      <button type="button" class="act" onClick={start}>
        {scan.state === "none" ? picture.scan : picture.again}
      </button>
    </div>
  );
}
