import { inspect } from "node:util";
import { functionOf, type Allowed } from "./allowed.js";
import { didYouMean } from "./suggest.js";

/** An option that is not what it must be. The message names it, its value and what is allowed. */
export class InvalidOption extends Error {
  override readonly name = "InvalidOption";
}

/** Names that something else goes by here. */
const OTHER_NAMES = new Map([
  ["markerText", "nudge"],
  ["minTier", "minN"],
  ["maxTier", "maxN"],
]);

/**
 * Checks settings that somebody wrote, in a language that may know no types.
 *
 * @param given an object; members that are `undefined` count as left out
 * @param rules what there is to set
 * @throws {InvalidOption} for the first setting that is not allowed or not known
 */
export function validate(given: unknown, rules: Readonly<Record<string, Allowed>>): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InvalidOption(`the options must be an object, not ${shown(given)}`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) throw unknown(name, Object.keys(rules));
    check(name, value, rule);
    if (name === "operators") checkOperators(value as object);
  }
}

const OPERATOR = functionOf("(context) => (events) => events");

function checkOperators(given: object): void {
  const places = ["round", "response"];
  for (const [place, operators] of Object.entries(given)) {
    if (!places.includes(place))
      throw unknown(
        `operators.${place}`,
        places.map((name) => `operators.${name}`),
      );
    if (operators === undefined) continue;
    check(`operators.${place}`, operators, { words: "a list of operators", accepts: Array.isArray });
    (operators as unknown[]).forEach((each, i) => check(`operators.${place}[${i}]`, each, OPERATOR));
  }
}

function check(name: string, value: unknown, { words, accepts }: Allowed): void {
  if (!accepts(value)) throw new InvalidOption(`${name} must be ${words}, not ${shown(value)}`);
}

function unknown(name: string, known: readonly string[]): InvalidOption {
  const other = OTHER_NAMES.get(name);
  return new InvalidOption(
    `unknown option ${name}${other ? `, did you mean ${other}?` : didYouMean(name, known)}`,
  );
}

/** A value on one short line. A URL's user name and password must not be repeated, however the URL is broken. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(withoutCredentials(value).slice(0, 200));
  const line = inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 5, maxStringLength: 100 });
  return withoutCredentials(line.replace(/\s+/g, " ")).slice(0, 200);
}

/** The text with what stands before an `@` hidden, for it may be a URL's user name and password. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, "$1***@");
}
