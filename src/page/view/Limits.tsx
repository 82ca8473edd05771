import type { LimitWindow, Limits as Told } from "../messages.js";
import type { PageState } from "../state/pageState.js";
import { Meter } from "./Meter.js";
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
        window ? <OneWindow key={index} name={told.name} window={window} {...around} /> : null,
      )}
      <p class="soft">{`${told.name} · ${words.limits.asOf(format.moment(told.at))}`}</p>
    </div>
  );
}

function OneWindow({
  name,
  window,
  words,
  format,
}: { readonly name: string; readonly window: LimitWindow } & Surroundings) {
  const { usedPercent, windowMinutes, resetsAt } = window;
  return (
    <Meter
      title={windowMinutes === undefined ? name : words.limits.window(format.duration(windowMinutes * 60))}
      usedPercent={usedPercent}
      says={words.limits.used(format.share(usedPercent / 100))}
      note={resetsAt === undefined ? undefined : words.limits.resets(format.moment(resetsAt))}
    />
  );
}
