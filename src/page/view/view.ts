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

/** The word for a known name, else the name itself. */
export function named(names: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(names, name) ? (names[name] ?? name) : name;
}
