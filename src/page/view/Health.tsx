import { lines } from "../../charts/index.js";
import type { PageState } from "../state/pageState.js";
import { Chart } from "./Chart.js";
import { chartWidth, named, type Surroundings } from "./view.js";

/** What the process is, how it does, and what is to be looked at. */
export function Health({ state, ...around }: { readonly state: PageState } & Surroundings) {
  const { words, format } = around;
  const { program, vitals, live, now } = state;
  const last = vitals.at(-1);
  if (!program) return null;
  const { health } = words;
  const { errors, warnings } = live.troubles;
  const rows: (readonly [string, string])[] = [
    [health.version, program.version],
    [health.up, format.duration(Math.max(0, Math.round((now - program.startedAt) / 1000)))],
    [health.upstream, program.upstream === "auto" ? health.auto : program.upstream],
    [health.node, program.node],
    ...(last
      ? ([
          [health.memory, format.bytes(last.memory)],
          [
            health.delay,
            `${format.count(last.delay.p50)} ${health.ms}, ${health.worst} ${format.count(last.delay.p99)} ${health.ms}`,
          ],
        ] as const)
      : []),
  ];
  return (
    <section aria-labelledby="health" class="health">
      <h2 id="health">{health.title}</h2>
      <dl class="rows">
        {rows.map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {last && (
          <div>
            <dt>{health.since}</dt>
            <dd>
              {Object.entries(last.counters)
                .map(([name, value]) => `${named(health.counters, name)} ${format.count(value)}`)
                .join(" · ")}
            </dd>
          </div>
        )}
      </dl>
      {errors + warnings > 0 && (
        <p class="warn">{health.troubles(format.count(errors), format.count(warnings))}</p>
      )}
      <Warnings state={state} {...around} />
      {vitals.length > 2 && (
        <>
          <h3>{health.delayChart}</h3>
          <Chart svg={delays(state, around)} />
        </>
      )}
    </section>
  );
}

function Warnings({ state, words }: { readonly state: PageState } & Surroundings) {
  const warnings = state.history?.warnings;
  if (!warnings) return null;
  if (warnings.length === 0) return <p class="good">{words.health.well}</p>;
  return (
    <>
      <h3>{words.health.warnings}</h3>
      <ul class="warnings">
        {warnings.map(({ id, status, title, detail, fix }) => (
          <li key={id} class={status === "fail" ? "bad" : "warn"}>
            <b>{title}:</b> {detail} {fix !== undefined && <code>{fix}</code>}
          </li>
        ))}
      </ul>
    </>
  );
}

function delays({ vitals, width }: PageState, { words, format }: Surroundings): string {
  const { health } = words;
  const point = (pick: "p50" | "p99") => vitals.map(({ now, delay }) => [now, delay[pick]] as const);
  return lines({
    id: "delays",
    title: health.delayChart,
    description: health.delaySay(format.count(vitals.at(-1)?.delay.p99 ?? 0)),
    xTitle: "",
    yTitle: health.ms,
    number: format.count,
    xNumber: format.time,
    // It stands beside another card where there is room.
    ...{ width: chartWidth(width > 850 ? width / 2 : width), height: 150 },
    most: Math.max(10, ...vitals.map(({ delay }) => delay.p99)),
    series: [
      { name: health.middle, tone: "plain", points: point("p50") },
      { name: health.worst, tone: "accent", points: point("p99") },
    ],
  });
}
