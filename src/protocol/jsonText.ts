import { endOfValue, entriesOf, skipWhite, type Entry, type Span } from "./jsonScan.js";

/** One change to a JSON text: the value at `path` becomes `raw` (JSON text); `undefined` removes the member. */
export interface JsonEdit {
  readonly path: readonly (string | number)[];
  readonly raw: string | undefined;
}

/**
 * Edits a JSON text without printing the rest of it again: every byte outside the edited values stays as it is.
 * Parsing and printing would corrupt integers beyond 2^53 and reorder nothing but trust.
 *
 * A path whose last key does not exist is added to its parent; one whose parent does not exist is left out.
 *
 * @param text valid JSON
 * @param edits disjoint changes
 */
export function editJson(text: string, edits: readonly JsonEdit[]): string {
  const removed = edits.filter(({ raw }) => raw === undefined).reduce(withoutMember, text);
  const replacements = edits.filter(isReplacement);
  if (replacements.length === 0) return removed;
  return replaced(removed, changesOf(removed, rootOf(removed), replacements));
}

/** The text of the value at `path`, exactly as written; `undefined` if there is none. */
export function sliceJson(text: string, path: readonly (string | number)[]): string | undefined {
  const value = valueAt(text, path);
  return value && text.slice(value.start, value.end);
}

/**
 * The text of a top-level member's value, exactly as written.
 *
 * @param text a JSON object
 * @returns `undefined` if there is no such member
 */
export function memberText(text: string, key: string): string | undefined {
  return sliceJson(text, [key]);
}

/** The texts of an array's elements, exactly as written; empty if the value at `path` is no array. */
export function sliceJsonArray(text: string, path: JsonEdit["path"]): string[] {
  const array = valueAt(text, path);
  const elements = array && text[array.start] === "[" ? entriesOf(text, array.start) : undefined;
  return elements?.map(({ value, end }) => text.slice(value, end)) ?? [];
}

/** What becomes of a part of a text. */
interface Change extends Span {
  readonly by: string;
}

/** The text with its parts changed, which do not overlap; what is inserted at one place keeps its order. */
function replaced(text: string, changes: readonly Change[]): string {
  let result = "";
  let copied = 0;
  for (const { start, end, by } of changes.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(copied, start) + by;
    copied = end;
  }
  return result + text.slice(copied);
}

interface Replacement extends JsonEdit {
  readonly raw: string;
}

function isReplacement(edit: JsonEdit): edit is Replacement {
  return edit.raw !== undefined;
}

/** @param depth how far the paths have been followed to get to the value at `place` */
function changesOf(text: string, place: Span, edits: readonly Replacement[], depth = 0): Change[] {
  // They are disjoint: one that replaces all of the value is the only one.
  const whole = edits.find(({ path }) => path.length === depth);
  if (whole) return [{ ...place, by: whole.raw }];
  const entries = entriesOf(text, place.start);
  if (!entries) return [];
  const changes = [...new Set(edits.map(({ path }) => path[depth]))].flatMap((key) => {
    const entry = lastOf(entries, key);
    const through = edits.filter(({ path }) => path[depth] === key);
    return entry ? changesOf(text, valueOf(entry), through, depth + 1) : [];
  });
  const added = edits.filter(({ path }) => path.length === depth + 1 && !lastOf(entries, path[depth]));
  return [...changes, ...insertions(text, place, entries, added)];
}

/** Members that are not there yet, behind those that are. */
function insertions(
  text: string,
  object: Span,
  entries: readonly Entry[],
  added: readonly Replacement[],
): Change[] {
  if (text[object.start] !== "{") return [];
  const at = entries.at(-1)?.end ?? object.start + 1;
  return added.map(({ path, raw }, index) => ({
    start: at,
    end: at,
    by: `${index + entries.length > 0 ? "," : ""}${JSON.stringify(path.at(-1))}:${raw}`,
  }));
}

/** One at a time, for each takes a neighbour's comma with it. */
function withoutMember(text: string, { path }: JsonEdit): string {
  const object = valueAt(text, path.slice(0, -1));
  const members = object && text[object.start] === "{" && entriesOf(text, object.start);
  if (!members) return text;
  const index = members.findLastIndex(({ key }) => key === path.at(-1));
  const [before, member, after] = [members[index - 1], members[index], members[index + 1]];
  if (!member) return text;
  const start = before?.end ?? member.start;
  const end = before || !after ? member.end : after.start;
  return text.slice(0, start) + text.slice(end);
}

function valueAt(text: string, path: JsonEdit["path"]): Span | undefined {
  return path.reduce<Span | undefined>((value, key) => {
    const entry = value && lastOf(entriesOf(text, value.start), key);
    return entry && valueOf(entry);
  }, rootOf(text));
}

/** Of a repeated key the last one counts, as for `JSON.parse`. */
function lastOf(entries: readonly Entry[] | undefined, key: string | number | undefined): Entry | undefined {
  return entries?.findLast((entry) => entry.key === key);
}

function valueOf({ value, end }: Entry): Span {
  return { start: value, end };
}

function rootOf(text: string): Span {
  const start = skipWhite(text, 0);
  return { start, end: endOfValue(text, start) };
}
