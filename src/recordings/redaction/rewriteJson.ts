import { tokens } from "./tokens.js";

/** Where a value stands in a JSON text. */
export interface Place {
  /** The name of the nearest member; elements of a list have their list's. `""` at the top. */
  readonly name: string;
  /** The names under which the objects around it stand, from the outside; the first is `""`. */
  readonly within: readonly string[];
}

/** Gives the text that stands instead; `undefined` leaves it. Raw texts are as written, escapes and all. */
export interface Rewriting {
  /** @param raw what stands between the quotes */
  readonly text?: (raw: string, place: Place) => string | undefined;
  readonly number?: (raw: string, place: Place) => string | undefined;
  /** The name of a member of the object at `place`. */
  readonly name?: (raw: string, place: Place) => string | undefined;
}

/**
 * Rewrites values of a JSON text and leaves every other byte as it is.
 *
 * @returns `undefined` for what is not JSON
 */
export function rewriteJson(text: string, rewriting: Rewriting): string | undefined {
  if (!isJson(text)) return undefined;
  const parts: string[] = [];
  const within: string[] = [];
  /** Of each object and list around: whether it is an object. */
  const objects: boolean[] = [];
  let [name, namesNext, copied] = ["", false, 0];

  const replace = (start: number, end: number, value: string | undefined): void => {
    if (value === undefined) return;
    parts.push(text.slice(copied, start), value);
    copied = end;
  };
  for (const { first, offset, end, content } of tokens(text)) {
    if (first === '"') {
      const raw = text.slice(offset + 1, end - 1);
      if (namesNext) {
        replace(offset + 1, end - 1, rewriting.name?.(raw, { name: within.at(-1) ?? "", within }));
        name = content();
        namesNext = false;
      } else {
        replace(offset + 1, end - 1, rewriting.text?.(raw, { name, within }));
      }
    } else if (first === "{") {
      within.push(name);
      namesNext = true;
      objects.push(true);
    } else if (first === "[") {
      namesNext = false;
      objects.push(false);
    } else if (first === "}" || first === "]") {
      if (objects.pop()) name = within.pop() ?? "";
      namesNext = false;
    } else if (first === ",") {
      namesNext = objects.at(-1) === true;
    } else if (/[-\d]/.test(first)) {
      replace(offset, end, rewriting.number?.(text.slice(offset, end), { name, within }));
    }
  }
  return parts.join("") + text.slice(copied);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
