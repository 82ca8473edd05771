/** Where something stands in its text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of an object, or an element of an array. */
export interface Entry extends Span {
  /** A member's name, an element's index. */
  readonly key: string | number;
  /** Where its value begins; it ends where the entry does. */
  readonly value: number;
}

/**
 * What stands in an object or an array, in its order. Reads forward once, jumps over strings, and builds nothing of
 * what is nested: a tree of a whole text took most of a fold's time, and a parser that calls itself for what is nested
 * would use up the stack on a text of nothing but brackets.
 *
 * @param text valid JSON
 * @param start where the object or array begins
 * @returns `undefined` where neither does, or where it does not end
 */
export function entriesOf(text: string, start: number): Entry[] | undefined {
  const isObject = text[start] === "{";
  if (!isObject && text[start] !== "[") return undefined;
  const entries: Entry[] = [];
  let at = skipWhite(text, start + 1);
  while (at < text.length) {
    const first = text.charCodeAt(at);
    if (first === BRACE_END || first === BRACKET_END) return entries;
    if (first === COMMA) {
      at = skipWhite(text, at + 1);
      continue;
    }
    const nameEnd = isObject ? endOfValue(text, at) : at;
    const value = isObject ? skipWhite(text, skipWhite(text, nameEnd) + 1) : at;
    const end = endOfValue(text, value);
    entries.push({
      key: isObject ? contentOf(text.slice(at, nameEnd)) : entries.length,
      start: at,
      value,
      end,
    });
    at = skipWhite(text, end);
  }
  return undefined;
}

/** The end of the value that begins at `start`. */
export function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        if (depth === 0) return at;
        continue;
      case BRACE:
      case BRACKET:
        depth++;
        break;
      case BRACE_END:
      case BRACKET_END:
        if (depth === 0) return at;
        depth--;
        break;
      case COMMA:
      case SPACE:
      case TAB:
      case LF:
      case CR:
        if (depth === 0) return at;
    }
    at++;
  }
  return at;
}

/** The first place from `at` on that is no white space. */
export function skipWhite(text: string, at: number): number {
  for (; ; at++) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== LF && code !== CR && code !== TAB) return at;
  }
}

/** The end of the string that begins at `start`, behind its quote; the end of the text where it has none. */
export function endOfString(text: string, start: number): number {
  let quote = start;
  do {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) return text.length;
  } while (isEscaped(text, quote));
  return quote + 1;
}

/** A string without its quotes and escapes. */
export function contentOf(string: string): string {
  return string.includes("\\") ? (JSON.parse(string) as string) : string.slice(1, -1);
}

/** True behind an odd number of backslashes. */
function isEscaped(text: string, offset: number): boolean {
  let before = offset;
  while (text.charCodeAt(before - 1) === BACKSLASH) before--;
  return (offset - before) % 2 === 1;
}

const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [BRACKET, BRACKET_END, BRACE, BRACE_END] = [0x5b, 0x5d, 0x7b, 0x7d];
