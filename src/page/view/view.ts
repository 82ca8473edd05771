import type { Span, Source } from "../state/pageState.js";
import type { Format } from "../text/format.js";
import type { Words } from "../text/words.js";

/** What every part of the page may use: words, numbers, and what a person can do. */
export interface Surroundings {
  readonly words: Words;
  readonly format: Format;
  readonly show: { span(span: Span): void; source(source: Source): void };
  /** Has Codex' logs read. */
  readonly scan: () => void;
}

/** The widest that the page gets, and what of a window is margin and padding: as `page.css` has it. */
const [WIDEST, AROUND] = [1216, 90];

/** How wide a chart is drawn, so that its words have the size of all others. @param width of the window */
export function chartWidth(width: number): number {
  return width < 500 ? Math.max(280, width - 54) : Math.min(width, WIDEST) - AROUND;
}

/** The word for a known name, else the name itself. */
export function named(names: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}
