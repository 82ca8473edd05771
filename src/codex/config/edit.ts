import { isDeepStrictEqual } from "node:util";
import { BASE_URL, BUILT_IN_PROVIDER, parseConfig, PROVIDER, usesOtherProvider, routeOf } from "./config.js";
import { topLevelOf, type KeyLine } from "./topLevel.js";

/** What wire put into the file at one key, and what it needs to know to take that back. */
export interface Wired {
  readonly key: string;
  /** The value wire wrote. */
  readonly value: string;
  /** The text that stood in the value's place; `null` where there was no such key. */
  readonly replaced: string | null;
}

export interface Rewired {
  readonly text: string;
  /** One entry for each key touched; empty where the text already says it all. */
  readonly wired: readonly Wired[];
}

/**
 * Points a config at `url`: sets `openai_base_url`, and `model_provider` where it names another provider than the
 * built-in one. Every byte outside those values stays.
 *
 * @param text config.toml, a byte order mark included
 * @throws InvalidConfig
 */
export function pointAt(text: string, url: string): Rewired {
  const config = parseConfig(text);
  const changes: Readonly<Record<string, string>> = {
    ...(routeOf(config).baseUrl === url ? {} : { [BASE_URL]: url }),
    ...(usesOtherProvider(routeOf(config)) ? { [PROVIDER]: BUILT_IN_PROVIDER } : {}),
  };

  let result = text;
  const wired: Wired[] = [];
  for (const [key, value] of Object.entries(changes)) {
    const line = findKey(result, key);
    wired.push({ key, value, replaced: line ? result.slice(line.value.start, line.value.end) : null });
    result = line ? replaceValue(result, line, quote(value)) : insertLine(result, `${key} = ${quote(value)}`);
  }
  assertSame(parseConfig(result), { ...config, ...changes });
  return { text: result, wired };
}

/**
 * Takes back what {@link pointAt} did, at those of its keys that still hold what it wrote there. Where the rest of the
 * file has not been changed meanwhile, the result is what the file was, byte for byte.
 *
 * @returns the text, and the keys that somebody has changed or removed since
 * @throws InvalidConfig
 */
export function pointBack(text: string, wired: readonly Wired[]): { text: string; changedSince: string[] } {
  const config = parseConfig(text);
  const expected = { ...config };
  const changedSince: string[] = [];
  let result = text;
  for (const { key, value, replaced } of wired) {
    const line = findKey(result, key);
    if (!line || config[key] !== value) {
      changedSince.push(key);
    } else if (replaced === null) {
      result = removeLine(result, line);
      delete expected[key];
    } else {
      result = replaceValue(result, line, replaced);
      expected[key] = parseConfig(`${key} = ${replaced}`)[key] as string;
    }
  }
  assertSame(parseConfig(result), expected);
  return { text: result, changedSince };
}

/** The line of a top-level key, in TOML that has been parsed. */
export function findKey(text: string, key: string): KeyLine | undefined {
  return topLevelOf(text).keys.find(({ path }) => path.length === 1 && path[0] === key);
}

function replaceValue(text: string, { value }: KeyLine, raw: string): string {
  return text.slice(0, value.start) + raw + text.slice(value.end);
}

/** A line behind the last top-level key, or before the first table, or at the end. */
function insertLine(text: string, line: string): string {
  const { keys, firstTable } = topLevelOf(text);
  const at = keys.at(-1)?.line.end ?? (firstTable === undefined ? text.length : aboveTable(text, firstTable));
  const before = text.slice(0, at);
  const eol = /\r?\n/.exec(text)?.[0] ?? "\n";
  // A last line without a line break keeps the file's end as it was: without one.
  const unfinished = before !== "" && before !== "\uFEFF" && !before.endsWith("\n");
  return before + (unfinished ? eol + line : line + eol) + text.slice(at);
}

/** The comment directly above a table belongs to it; a comment that heads the file does not. */
function aboveTable(text: string, table: number): number {
  const comment = /(?:^|\n)(?<blank>[ \t]*\r?\n)(?<comment>(?:[ \t]*#[^\n]*\n)+)$/.exec(text.slice(0, table));
  return table - (comment?.groups?.["comment"]?.length ?? 0);
}

function removeLine(text: string, { line }: KeyLine): string {
  const before = text.slice(0, line.start);
  const isUnfinished = !text.slice(line.start, line.end).endsWith("\n");
  return (isUnfinished ? before.replace(/\r?\n$/, "") : before) + text.slice(line.end);
}

/** What wire writes needs no escapes: URLs and provider names. */
function quote(value: string): string {
  return `"${value}"`;
}

/** The last guard in front of the user's file: as data, it must be what was meant. */
function assertSame(actual: object, expected: object): void {
  if (!isDeepStrictEqual(actual, Object.assign(Object.create(null), expected))) {
    throw new Error("this config.toml cannot be edited safely; nothing was changed. Please report it.");
  }
}
