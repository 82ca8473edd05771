import type { History, Message, Program, Vitals } from "../messages.js";
import { follow, NOTHING_YET, type Live } from "./live.js";

/** Which time "What it did" shows. */
export type Span = "today" | "week" | "month";

/** Where the histogram's numbers come from. */
export type Source = "journal" | "logs";

/** All that the page draws. */
export interface PageState {
  readonly connection: "connecting" | "open" | "lost";
  /** Absent until the proxy has said it. */
  readonly program?: Program;
  readonly live: Live;
  /** Newest last. */
  readonly vitals: readonly Vitals[];
  readonly history?: History;
  readonly span: Span;
  readonly source: Source;
  /** By the proxy's clock. */
  readonly now: number;
  /** Of the window, in CSS pixels. */
  readonly width: number;
  /** How far the proxy's clock is ahead of the browser's. */
  readonly ahead: number;
}

/** Something that changes the page. */
export type Happening =
  | { readonly kind: "open" }
  | { readonly kind: "lost" }
  | { readonly kind: "snapshot"; readonly now: number; readonly program: Program; readonly live: Live }
  | { readonly kind: "messages"; readonly messages: readonly Message[] }
  | { readonly kind: "vitals"; readonly vitals: Vitals }
  | { readonly kind: "history"; readonly history: History }
  | { readonly kind: "span"; readonly span: Span }
  | { readonly kind: "source"; readonly source: Source }
  | { readonly kind: "width"; readonly width: number }
  /** Time goes on. @see PageState.now */
  | { readonly kind: "tick" };

/** Five minutes of them. */
const VITALS_KEPT = 60;

export function firstState(clock: number): PageState {
  return {
    connection: "connecting",
    live: NOTHING_YET,
    vitals: [],
    span: "today",
    source: "journal",
    now: clock,
    width: 1280,
    ahead: 0,
  };
}

/**
 * The state after one more happening.
 *
 * @param clock the browser's, in milliseconds since 1970
 */
export function nextState(state: PageState, happening: Happening, clock: number): PageState {
  const now = clock + state.ahead;
  switch (happening.kind) {
    case "open":
      return { ...state, now, connection: "open" };
    case "lost":
      return { ...state, now, connection: "lost" };
    case "snapshot": {
      const { program, live } = happening;
      const sameProcess = state.program?.startedAt === program.startedAt;
      const vitals = sameProcess ? state.vitals : [];
      const ahead = happening.now - clock;
      return { ...state, connection: "open", program, live, vitals, ahead, now: happening.now };
    }
    case "messages":
      return { ...state, now, live: happening.messages.reduce(follow, state.live) };
    case "vitals":
      return { ...state, now, vitals: [...state.vitals, happening.vitals].slice(-VITALS_KEPT) };
    case "history":
      return { ...state, now, history: happening.history };
    case "span":
      return { ...state, now, span: happening.span };
    case "source":
      return { ...state, now, source: happening.source };
    case "width":
      return { ...state, now, width: happening.width };
    case "tick":
      return { ...state, now };
  }
}
