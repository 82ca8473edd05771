/** A value and where it stands in its text. */
export interface Value {
  readonly start: number;
  end: number;
  /** Of an object. */
  readonly members?: Member[];
  /** Of an array. */
  readonly elements?: Value[];
}

/** A member of an object; it begins where its key does. */
export interface Member {
  readonly key: string;
  readonly start: number;
  readonly value: Value;
}

/**
 * The places of all values. jsonc-parser's own parser calls itself for what is nested: a text of nothing but brackets
 * would use up the stack. Nor does it skip strings, which most of a conversation is.
 *
 * @returns `undefined` for a text without a value, or whose brackets do not match
 */
export function parseTree(text: string): Value | undefined {
  let root: Value | undefined;
  const open: Value[] = [];
  let key: Pick<Member, "key" | "start"> | undefined;
  const add = (value: Value): void => {
    const parent = open.at(-1);
    if (parent?.members && key) parent.members.push({ ...key, value });
    parent?.elements?.push(value);
    root ??= value;
    key = undefined;
  };
  for (const { first, offset, end, content } of tokens(text)) {
    const parent = open.at(-1);
    if (first === "{" || first === "[") {
      const value: Value = { start: offset, end, ...(first === "{" ? { members: [] } : { elements: [] }) };
      add(value);
      open.push(value);
    } else if (first === "}" || first === "]") {
      if (!parent || (first === "}") !== (parent.members !== undefined)) return undefined;
      parent.end = end;
      open.pop();
    } else if (first === '"' && parent?.members && !key) {
      key = { key: content(), start: offset };
    } else if (first !== "," && first !== ":") {
      add({ start: offset, end });
    }
  }
  return open.length === 0 ? root : undefined;
}

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

function endOfString(text: string, start: number): number {
  let quote = start;
  do {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) return text.length;
  } while (isEscaped(text, quote));
  return quote + 1;
}

/** True behind an odd number of backslashes. */
function isEscaped(text: string, offset: number): boolean {
  let before = offset;
  while (text[before - 1] === "\\") before--;
  return (offset - before) % 2 === 1;
}

function contentOf(string: string): string {
  return string.includes("\\") ? (JSON.parse(string) as string) : string.slice(1, -1);
}

/** The value at a path. Of a repeated key the last one counts, as for `JSON.parse`. */
export function valueAt(root: Value | undefined, path: readonly (string | number)[]): Value | undefined {
  return path.reduce<Value | undefined>(
    (value, key) => (typeof key === "number" ? value?.elements?.[key] : memberOf(value, key)?.value),
    root,
  );
}

/** The last one of that name. */
export function memberOf(value: Value | undefined, key: string | number | undefined): Member | undefined {
  return value?.members?.findLast((member) => member.key === key);
}
