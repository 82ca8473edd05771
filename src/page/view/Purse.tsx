import type { PageState } from "../state/pageState.js";
import { Meter } from "./Meter.js";
import type { Surroundings } from "./view.js";

/** What continuations may cost in a day, and what of it they have; nothing where there is no limit. */
export function Purse({ state, words, format }: { readonly state: PageState } & Surroundings) {
  const extraTokens = state.vitals.at(-1)?.extraTokens;
  if (!extraTokens) return null;
  const { spent, limit } = extraTokens;
  return (
    <div class="purse">
      <Meter
        title={words.purse.title}
        usedPercent={(spent / limit) * 100}
        says={words.purse.used(format.count(spent), format.count(limit))}
      />
      {spent >= limit && <p class="warn">{words.purse.empty}</p>}
    </div>
  );
}
