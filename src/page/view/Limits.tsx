import type { LimitWindow, Limits as Told } from "../messages.js";
import type { PageState } from "../state/pageState.js";
import type { Surroundings } from "./view.js";

/** What is left of the account's windows, as the upstream last said. */
export function Limits({ state, ...around }: { readonly state: PageState } & Surroundings) {
  const { words } = around;
  const { limits } = state.live;
  return (
    <section aria-labelledby="limits" class="limits">
      <h2 id="limits">{words.limits.title}</h2>
      {limits.length === 0 ? (
        <p class="idle">{words.limits.none}</p>
      ) : (
        limits.map((told) => <OneLimit key={told.name} told={told} {...around} />)
      )}
    </section>
  );
}

function OneLimit({ told, ...around }: { readonly told: Told } & Surroundings) {
  const { words, format } = around;
  return (
    <div class="limit">
      {[told.primary, told.secondary].map((window, index) =>
        window ? <Meter key={index} name={told.name} window={window} {...around} /> : null,
      )}
      <p class="soft">{`${told.name} · ${words.limits.asOf(format.moment(told.at))}`}</p>
    </div>
  );
}

/** From here on it is time to look. */
const MUCH = 80;

function Meter({
  name,
  window,
  words,
  format,
}: { readonly name: string; readonly window: LimitWindow } & Surroundings) {
  const { usedPercent, windowMinutes, resetsAt } = window;
  const used = Math.min(100, usedPercent);
  const title = windowMinutes === undefined ? name : words.limits.window(format.duration(windowMinutes * 60));
  const says = words.limits.used(format.share(usedPercent / 100));
  return (
    <div class="meter-row">
      <div>
        <b>{title}</b>
        <span>{says}</span>
        {resetsAt !== undefined && <span class="soft">{words.limits.resets(format.moment(resetsAt))}</span>}
      </div>
      <div
        class={`meter${usedPercent >= 100 ? " full" : usedPercent >= MUCH ? " much" : ""}`}
        role="meter"
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={used}
        aria-valuetext={says}
      >
        <i style={{ width: `${used}%` }} />
      </div>
    </div>
  );
}
