import { bars, columns } from "../../charts/index.js";
import type { History, Period } from "../messages.js";
import type { PageState } from "../state/pageState.js";
import { Chart } from "./Chart.js";
import { Choice } from "./Choice.js";
import { Figures, type Figure } from "./Figures.js";
import { Purse } from "./Purse.js";
import { chartWidth, named, type Surroundings } from "./view.js";

/** What the journal says of today, 7 and 30 days. */
export function Did({ state, ...around }: { readonly state: PageState } & Surroundings) {
  const { words, show } = around;
  const { history, program, span } = state;
  return (
    <section aria-labelledby="did" class="did">
      <h2 id="did">
        {words.did.title}
        {history?.journal && (
          <Choice label={words.did.spansLabel} options={words.did.spans} chosen={span} choose={show.span} />
        )}
      </h2>
      <Purse state={state} {...around} />
      {history?.journal ? (
        <Journal
          journal={history.journal}
          period={history.journal[span]}
          width={chartWidth(state.width)}
          {...around}
        />
      ) : (
        <p class="idle">{program?.journal === false ? words.did.noJournal : words.did.loading}</p>
      )}
    </section>
  );
}

interface JournalProps extends Surroundings {
  readonly journal: NonNullable<History["journal"]>;
  readonly period: Period;
  /** Of its charts. */
  readonly width: number;
}

function Journal({ journal, period, width, ...around }: JournalProps) {
  const { words, format } = around;
  if (period.turns === 0) return <p class="idle">{words.did.nothing}</p>;
  const folds = journal.days.reduce((sum, day) => sum + day.folds, 0);
  const turns = journal.days.reduce((sum, day) => sum + day.turns, 0);
  const days = columns({
    id: "days",
    title: words.did.days,
    description: words.did.daysSay(format.count(turns), format.count(folds)),
    yTitle: words.did.turns,
    number: format.short,
    ...{ width, height: 180 },
    columns: journal.days.map((day) => ({
      label: format.day(day.day),
      text: words.did.dayTurns(format.day(day.day), format.count(day.turns), format.count(day.folds)),
      parts: [
        { value: day.turns - day.folds, tone: "plain" },
        { value: day.folds, tone: "good" },
      ],
    })),
  });
  return (
    <>
      <Figures figures={figuresOf(period, around)} />
      {period.folds > 0 && (
        <>
          <h3>{words.did.endings}</h3>
          <Chart svg={endings(period, width, around)} />
        </>
      )}
      <h3>
        {words.did.days}
        <span class="legend">
          <span>
            <i class="swatch plain" /> {words.did.legend.plain}
          </span>
          <span>
            <i class="swatch good" /> {words.did.legend.folded}
          </span>
        </span>
      </h3>
      <Chart svg={days} />
      <Models period={period} {...around} />
    </>
  );
}

function figuresOf(period: Period, { words, format }: Surroundings): Figure[] {
  const { turns, cut, folds, outcomes, turnTokens, extraTokens, seconds, addedSeconds, live, held } = period;
  const judged = live + held;
  const share = (part: number, all: number): string => format.share(all === 0 ? 0 : part / all);
  return [
    { what: words.did.turns, value: format.short(turns) },
    {
      what: words.did.cut,
      value: format.short(cut),
      note: share(cut, turns),
      ...(cut > 0 && { tone: "bad" }),
    },
    {
      what: words.did.cured,
      value: format.short(outcomes["natural"] ?? 0),
      note: words.did.of(format.count(outcomes["natural"] ?? 0), format.count(folds)),
      ...(folds > 0 && { tone: "good" }),
    },
    {
      what: words.did.extra,
      value: format.short(extraTokens),
      note: words.did.more(share(extraTokens, turnTokens)),
    },
    {
      what: words.did.time,
      value: format.roughly(addedSeconds),
      note: words.did.more(share(addedSeconds, seconds - addedSeconds)),
    },
    ...(judged > 0
      ? [
          { what: words.did.live, value: share(live, judged), note: format.count(live) },
          { what: words.did.held, value: share(held, judged), note: format.count(held) },
        ]
      : []),
  ];
}

function endings({ outcomes, folds }: Period, width: number, { words, format }: Surroundings): string {
  const all = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  const nameOf = (ending: string): string =>
    Object.hasOwn(words.reasons, ending) ? named(words.reasons, ending) : named(words.outcomes, ending);
  return bars({
    ...{ id: "endings", width },
    title: words.did.endings,
    description: all.map(([ending, count]) => `${nameOf(ending)}: ${format.count(count)}`).join("; "),
    bars: all.map(([ending, value]) => ({
      label: nameOf(ending),
      value,
      text: `${format.count(value)} · ${format.share(value / folds)}`,
      tone: ending === "natural" ? "good" : "muted",
    })),
  });
}

function Models({ period, words, format }: { readonly period: Period } & Surroundings) {
  const { columns } = words.did;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={words.did.models}>
      <table>
        <caption>{words.did.models}</caption>
        <thead>
          <tr>
            {Object.entries(columns).map(([key, title]) => (
              <th key={key} scope="col" class={key === "model" || key === "effort" ? undefined : "numeric"}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {period.models.map((row) => (
            <tr key={`${row.model} ${row.effort}`}>
              <th scope="row">{row.model || words.unknown}</th>
              <td>{row.effort}</td>
              <td class="numeric">{format.count(row.turns)}</td>
              <td class="numeric">{format.count(row.cut)}</td>
              <td class="numeric">{format.count(row.observed)}</td>
              <td class="numeric">{format.count(row.folds)}</td>
              <td class="numeric">{format.count(row.cured)}</td>
              <td class="numeric">{format.short(row.extraTokens)}</td>
              <td class="numeric">{format.duration(Math.round(row.addedSeconds))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
