import { applyEdits, modify, parseTree, type Edit, type Node, visit } from "jsonc-parser";

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
  const grown = new Set<Node>();
  return applyEdits(
    removed,
    edits.flatMap((edit) => toTextEdits(root, edit, grown)),
  );
}

/** The text of the value at `path`, exactly as written; `undefined` if there is none. */
export function sliceJson(text: string, path: readonly (string | number)[]): string | undefined {
  const node = nodeAt(parseTree(text), path);
  return node && text.slice(node.offset, node.offset + node.length);
}

/**
 * The text of a top-level member's value, exactly as written. Builds no tree, for it runs on every item that goes by.
 *
 * @param text a JSON object
 * @returns `undefined` if there is no such member
 */
export function memberText(text: string, key: string): string | undefined {
  let inside = false;
  let skipping = false;
  let wanted = false;
  let start: number | undefined;
  let value: string | undefined;
  const end = (offset: number): void => {
    if (start !== undefined) value = text.slice(start, offset).trim();
    start = undefined;
  };
  visit(text, {
    // `false` keeps what is nested from being reported, all but its end.
    onObjectBegin: () => (inside ? !(skipping = true) : (inside = true)),
    onArrayBegin: () => false,
    onArrayEnd: () => {},
    onObjectProperty: (name) => (wanted = name === key),
    onSeparator: (character, offset) => {
      if (character === ",") end(offset);
      else if (wanted) start = offset + 1;
    },
    onObjectEnd: (offset) => {
      if (!skipping) end(offset);
      skipping = false;
    },
  });
  return value;
}

/** The texts of an array's elements, exactly as written; empty if the value at `path` is no array. */
export function sliceJsonArray(text: string, path: readonly (string | number)[]): string[] {
  const node = nodeAt(parseTree(text), path);
  if (node?.type !== "array") return [];
  return (node.children ?? []).map((child) => text.slice(child.offset, child.offset + child.length));
}

/** Of a repeated key the last one counts, as for `JSON.parse`; jsonc-parser's own search finds the first. */
function nodeAt(root: Node | undefined, path: readonly (string | number)[]): Node | undefined {
  return path.reduce<Node | undefined>((node, key) => {
    if (typeof key === "number") return node?.type === "array" ? node.children?.[key] : undefined;
    if (node?.type !== "object") return undefined;
    return node.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
  }, root);
}

/** One at a time, for each takes a comma of its neighbour with it. */
function withoutMember(text: string, { path }: JsonEdit): string {
  return applyEdits(text, modify(text, [...path], undefined, {}));
}

/** @param grown the objects that have been added to, so that a second member of an empty one gets its comma */
function toTextEdits(root: Node, { path, raw }: JsonEdit, grown: Set<Node>): Edit[] {
  if (raw === undefined) return [];
  const node = nodeAt(root, path);
  if (node) return [{ offset: node.offset, length: node.length, content: raw }];

  const parent = nodeAt(root, path.slice(0, -1));
  if (parent?.type !== "object") return [];
  const last = parent.children?.at(-1);
  const comma = last || grown.has(parent) ? "," : "";
  grown.add(parent);
  const offset = last ? last.offset + last.length : parent.offset + 1;
  return [{ offset, length: 0, content: `${comma}${JSON.stringify(path.at(-1))}:${raw}` }];
}
