import { applyEdits, type Edit } from "jsonc-parser";
import { memberOf, parseTree, tokens, valueAt, type Member, type Value } from "./jsonTree.js";

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
  const root = parseTree(removed);
  if (!root) return text;
  const filled = new Set<Value>();
  return applyEdits(
    removed,
    edits.flatMap((edit) => toTextEdits(root, edit, filled)),
  );
}

/** The text of the value at `path`, exactly as written; `undefined` if there is none. */
export function sliceJson(text: string, path: readonly (string | number)[]): string | undefined {
  const value = valueAt(parseTree(text), path);
  return value && text.slice(value.start, value.end);
}

/**
 * The text of a top-level member's value, exactly as written. Builds no tree, for it runs on every item that goes by.
 *
 * @param text a JSON object
 * @returns `undefined` if there is no such member
 */
export function memberText(text: string, key: string): string | undefined {
  let depth = 0;
  let latest: string | undefined;
  let start: number | undefined;
  let value: string | undefined;
  const end = (offset: number): void => {
    if (start !== undefined) value = text.slice(start, offset).trim();
    start = undefined;
  };
  for (const { first, offset, content } of tokens(text)) {
    if (first === "{" || first === "[") depth++;
    else if (first === "}" || first === "]") depth--;
    if (depth === 0) end(offset);
    if (depth !== 1) continue;
    if (first === ",") end(offset);
    else if (first === ":" && latest === key) start = offset + 1;
    else if (first === '"') latest = content();
  }
  return value;
}

/** The texts of an array's elements, exactly as written; empty if the value at `path` is no array. */
export function sliceJsonArray(text: string, path: readonly (string | number)[]): string[] {
  return (valueAt(parseTree(text), path)?.elements ?? []).map(({ start, end }) => text.slice(start, end));
}

/** @param filled the objects without members that an earlier edit gave one: the next one needs a comma */
function toTextEdits(root: Value, { path, raw }: JsonEdit, filled: Set<Value>): Edit[] {
  if (raw === undefined) return [];
  const value = valueAt(root, path);
  if (value) return [{ offset: value.start, length: value.end - value.start, content: raw }];

  const parent = valueAt(root, path.slice(0, -1));
  if (!parent?.members) return [];
  const last = parent.members.at(-1);
  const comma = last || filled.has(parent) ? "," : "";
  filled.add(parent);
  const offset = last ? last.value.end : parent.start + 1;
  return [{ offset, length: 0, content: `${comma}${JSON.stringify(path.at(-1))}:${raw}` }];
}

/** One at a time, for each takes a neighbour's comma with it. */
function withoutMember(text: string, { path }: JsonEdit): string {
  const parent = valueAt(parseTree(text), path.slice(0, -1));
  const member = memberOf(parent, path.at(-1));
  return parent?.members && member ? applyEdits(text, [removal(member, parent.members)]) : text;
}

/** Takes a member away, and the comma that parted it from its neighbour. */
function removal(member: Member, members: readonly Member[]): Edit {
  const index = members.indexOf(member);
  const [before, after] = [members[index - 1], members[index + 1]];
  const start = before ? before.value.end : member.start;
  const end = before || !after ? member.value.end : after.start;
  return { offset: start, length: end - start, content: "" };
}
