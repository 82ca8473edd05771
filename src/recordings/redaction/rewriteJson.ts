import { visit } from "jsonc-parser";

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
  const parts: string[] = [];
  const within: string[] = [];
  let [name, copied, valid] = ["", 0, true];

  const replace = (offset: number, length: number, value: string | undefined): void => {
    if (value === undefined) return;
    parts.push(text.slice(copied, offset), value);
    copied = offset + length;
  };
  visit(
    text,
    {
      onObjectBegin: () => void within.push(name),
      onObjectEnd: () => (name = within.pop() ?? ""),
      onObjectProperty: (property, offset, length) => {
        const raw = text.slice(offset + 1, offset + length - 1);
        replace(offset + 1, length - 2, rewriting.name?.(raw, { name: within.at(-1) ?? "", within }));
        name = property;
      },
      onLiteralValue: (value: unknown, offset, length) => {
        const place = { name, within };
        if (typeof value === "string") {
          const raw = text.slice(offset + 1, offset + length - 1);
          replace(offset + 1, length - 2, rewriting.text?.(raw, place));
        } else if (typeof value === "number") {
          replace(offset, length, rewriting.number?.(text.slice(offset, offset + length), place));
        }
      },
      onError: () => (valid = false),
    },
    { disallowComments: true },
  );
  return valid ? parts.join("") + text.slice(copied) : undefined;
}
