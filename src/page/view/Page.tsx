import type { PageState } from "../state/pageState.js";
import { Did } from "./Did.js";
import { Figures } from "./Figures.js";
import { Health } from "./Health.js";
import { Last } from "./Last.js";
import { Limits } from "./Limits.js";
import { Now } from "./Now.js";
import { Picture } from "./Picture.js";
import type { Surroundings } from "./view.js";

/** The whole page: a function of its state. */
export function Page({ state, ...around }: { readonly state: PageState } & Surroundings) {
  const { words, format } = around;
  const { connection, live, history, program } = state;
  const today = history?.journal?.today;
  return (
    <>
      <a class="skip" href="#now">
        {words.skip}
      </a>
      <header>
        <h1>
          codexcomp <small>{program?.version ?? ""}</small>
        </h1>
        <p class={`connection ${connection}`} role="status">
          <i /> {words.connection[connection]}
        </p>
      </header>
      <main>
        <div class="glance">
          <Figures
            figures={[
              { what: words.glance.running, value: format.count(live.running.length) },
              ...(today
                ? [
                    { what: words.glance.turns, value: format.short(today.turns) },
                    { what: words.glance.cut, value: format.short(today.cut), tone: "bad" as const },
                    {
                      what: words.glance.cured,
                      value: format.short(today.outcomes["natural"] ?? 0),
                      tone: "good" as const,
                    },
                    { what: words.glance.extra, value: format.short(today.extraTokens) },
                  ]
                : []),
            ]}
          />
        </div>
        <Now state={state} {...around} />
        <Last state={state} {...around} />
        <Picture state={state} {...around} />
        <Did state={state} {...around} />
        <div class="pair">
          <Limits state={state} {...around} />
          <Health state={state} {...around} />
        </div>
      </main>
    </>
  );
}
