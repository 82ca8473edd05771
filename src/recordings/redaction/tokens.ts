import { contentOf, endOfString } from "../../protocol/jsonScan.js";

/** A bracket, a comma, a colon, a string, a number or a word. */
export interface Token {
  /** Says what it is. */
  readonly first: string;
  readonly offset: number;
  readonly end: number;
  /** A string without its quotes and escapes. */
  readonly content: () => string;
}

/** The tokens of a JSON text, white space left out. */
export function* tokens(text: string): Generator<Token> {
  for (let offset = 0; offset < text.length;) {
    const first = text[offset] ?? "";
    const end = endOf(text, offset, first);
    if (!WHITE.has(first)) yield { first, offset, end, content: () => contentOf(text.slice(offset, end)) };
    offset = end;
  }
}

const WHITE: ReadonlySet<string> = new Set(" \t\n\r");
const SINGLE: ReadonlySet<string> = new Set([...WHITE, ..."{}[],:"]);
const REST_OF_WORD = /[^\s{}[\],:"]*/y;

function endOf(text: string, offset: number, first: string): number {
  if (first === '"') return endOfString(text, offset);
  if (SINGLE.has(first)) return offset + 1;
  REST_OF_WORD.lastIndex = offset + 1;
  REST_OF_WORD.test(text);
  return REST_OF_WORD.lastIndex;
}
