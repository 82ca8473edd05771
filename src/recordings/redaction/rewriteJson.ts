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
  // Bodies can have megabytes: it is JSON, and only where texts and numbers begin and end is looked for.
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === '"') {
      const end = endOfText(text, at + 1);
      const raw = text.slice(at + 1, end);
      if (namesNext) {
        replace(at + 1, end, rewriting.name?.(raw, { name: within.at(-1) ?? "", within }));
        name = raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
        namesNext = false;
      } else {
        replace(at + 1, end, rewriting.text?.(raw, { name, within }));
      }
      at = end;
    } else if (character === "{") {
      within.push(name);
      namesNext = true;
      objects.push(true);
    } else if (character === "[") {
      namesNext = false;
      objects.push(false);
    } else if (character === "}" || character === "]") {
      if (objects.pop()) name = within.pop() ?? "";
      namesNext = false;
    } else if (character === ",") {
      namesNext = objects.at(-1) === true;
    } else if (/[-\d]/.test(character)) {
      const end = endOfNumber(text, at);
      replace(at, end, rewriting.number?.(text.slice(at, end), { name, within }));
      at = end - 1;
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

/** Where the quote stands that ends a text. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function endOfNumber(text: string, start: number): number {
  const number = /[-+.\deE]+/y;
  number.lastIndex = start;
  return start + (number.exec(text)?.[0].length ?? 1);
}
