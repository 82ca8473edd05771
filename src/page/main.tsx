import { render } from "preact";
import {
  EMPTY,
  Subject,
  animationFrameScheduler,
  auditTime,
  catchError,
  defer,
  fromEvent,
  map,
  merge,
  share,
  startWith,
} from "rxjs";
import type { History } from "./messages.js";
import type { Happening } from "./state/pageState.js";
import { proxyEvents } from "./stream/eventSource.js";
import { histories, states, ticks, whileVisible } from "./stream/states.js";
import { formatFor } from "./text/format.js";
import { wordsFor } from "./text/words.js";
import { Page } from "./view/Page.js";

/**
 * The page is a program of the same kind as the proxy: what happens becomes a stream, `scan` folds it into the state,
 * and one function draws that.
 */
const words = wordsFor(navigator.languages);
const format = formatFor(words);
document.documentElement.lang = words.lang;
document.head.append(
  Object.assign(document.createElement("meta"), { name: "description", content: words.description }),
);

/** The token, where the address has one, goes with every request. */
const { search } = location;

const acts = new Subject<Happening>();
const visible = fromEvent(document, "visibilitychange").pipe(
  startWith(undefined),
  map(() => document.visibilityState === "visible"),
);
const widths = fromEvent(window, "resize").pipe(
  startWith(undefined),
  map(() => ({ kind: "width", width: innerWidth }) as const),
);
const events = proxyEvents(`events${search}`).pipe(whileVisible(visible), share());
const history = () => readHistory().pipe(catchError(() => EMPTY));
const later = new Subject<Happening>();
const state = merge(widths, events, acts, events.pipe(histories(history)), later).pipe(states(), share());

const root = document.querySelector("#page") ?? document.body;
state.pipe(auditTime(0, animationFrameScheduler)).subscribe((now) => {
  render(
    <Page
      state={now}
      words={words}
      format={format}
      show={{
        span: (span) => acts.next({ kind: "span", span }),
        source: (source) => acts.next({ kind: "source", source }),
      }}
      scan={() => void fetch(`scan${search}`, { method: "POST" })}
    />,
    root,
  );
});
// Last: the first state is for what draws it.
ticks(state).pipe(whileVisible(visible)).subscribe(later);

function readHistory() {
  return defer(async () => {
    const answer = await fetch(`history${search}`);
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as History;
  });
}
