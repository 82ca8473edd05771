import { parse } from "smol-toml";

/** One `key = value` of the top level: offsets into the text, ends exclusive. */
export interface KeyLine {
  /** The key, unquoted and taken apart at its dots. */
  readonly path: readonly string[];
  readonly value: { readonly start: number; readonly end: number };
  /** From the first character of the key's line to behind the line break that ends the value's. */
  readonly line: { readonly start: number; readonly end: number };
}

/** What stands before the first table of a TOML text. */
export interface TopLevel {
  readonly keys: readonly KeyLine[];
  /** Where the line of the first `[table]` starts; `undefined` where there is no table. */
  readonly firstTable: number | undefined;
}

/** One piece of a value. Strings come whole, so that nothing inside them is taken for structure. */
const PIECE =
  /(?<string>"""(?:[^"\\]+|\\[^]|"{1,2}(?!"))*"{3,5}|'''(?:[^']+|'{1,2}(?!'))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')|(?<comment>#[^\n]*)|(?<open>[[{])|(?<close>[\]}])|(?<newline>\r?\n)|(?<space>[ \t]+)|(?<word>[^"'#[\]{}\r\n \t]+)/y;

const KEY = /(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^"'=])*/y;

/**
 * Finds the keys before the first table, so that they can be edited as text.
 *
 * @param text TOML that a parser has accepted; on anything else the result means nothing
 */
export function topLevelOf(text: string): TopLevel {
  const keys: KeyLine[] = [];
  // A byte order mark is allowed in front, and stays there.
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const start = at;
    while (text[at] === " " || text[at] === "\t") at++;
    if (text[at] === "[") return { keys, firstTable: start };
    if (at < text.length && !"#\r\n".includes(text[at] as string)) {
      const key = matchAt(KEY, text, at)[0];
      const value = valueAt(text, at + key.length + 1);
      const end = endOfLine(text, value.end);
      keys.push({ path: keyPath(key), value, line: { start, end } });
      at = end;
    } else {
      at = endOfLine(text, at);
    }
  }
  return { keys, firstTable: undefined };
}

function valueAt(text: string, from: number): KeyLine["value"] {
  let at = from;
  let start: number | undefined;
  let end = from;
  let depth = 0;
  while (at < text.length) {
    const { 0: piece, groups } = matchAt(PIECE, text, at);
    const isVoid = groups?.["space"] !== undefined;
    if (depth === 0 && (groups?.["newline"] !== undefined || groups?.["comment"] !== undefined)) break;
    if (groups?.["open"]) depth++;
    if (groups?.["close"]) depth--;
    if (!isVoid) start ??= at;
    at += piece.length;
    if (!isVoid) end = at;
  }
  return { start: start ?? from, end };
}

/** Behind the line break that ends the line of `at`, or the end of the text. */
function endOfLine(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  return newline === -1 ? text.length : newline + 1;
}

/** Unquoting is the parser's business: a key with a value behind it is a document. */
function keyPath(key: string): string[] {
  const path: string[] = [];
  for (let node: unknown = parse(`${key}=0`); typeof node === "object" && node !== null;) {
    const [name, inner] = Object.entries(node)[0] as [string, unknown];
    path.push(name);
    node = inner;
  }
  return path;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (!match || match[0] === "") throw new Error(`no TOML at offset ${at}`);
  return match;
}
