import { UsageError, type Allowed, type Flag, type FlagValue } from "../command.js";

/** The number must be whole and within bounds. */
export function wholeNumber(from: number, to = Number.MAX_SAFE_INTEGER, remark = ""): Allowed {
  const range = to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `${from} to ${to}`;
  return {
    words: `a whole number, ${range}${remark && ` (${remark})`}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= from && Number(value) <= to,
  };
}

/** Seconds, fractions included. */
export function seconds(from = 0, remark = ""): Allowed {
  return {
    words: `a number of seconds, ${from} or more${remark && ` (${remark})`}`,
    accepts: (value) => Number.isFinite(value) && Number(value) >= from,
  };
}

/** An absolute URL of one of the schemes, or one of the words. */
export function urlOr(words: readonly string[], schemes: readonly string[]): Allowed {
  return {
    words: [...words.map((word) => `"${word}"`), `a URL with ${schemes.join(", ")}`].join(" or "),
    accepts: (value) => words.includes(String(value)) || schemes.includes(schemeOf(String(value))),
  };
}

/** What a flag accepts, to end the sentence "... must be". */
export function allowedWords(flag: Flag): string {
  if (flag.choices) return `one of ${flag.choices.join(", ")}`;
  if (flag.allowed) return flag.allowed.words;
  if (flag.type === "number") return "a number";
  return flag.type === "boolean" ? "true or false" : "a text that is not empty";
}

/**
 * Reads a flag's value from text.
 *
 * @param origin what the user wrote it in: `--port`, `CODEXCOMP_PORT`
 * @throws UsageError saying the origin, the text and what is allowed
 */
export function readValue(flag: Flag, text: string, origin: string): FlagValue {
  const value = convert(flag, text);
  const allowed =
    value !== undefined && (flag.choices?.includes(text) ?? flag.allowed?.accepts(value) ?? true);
  if (allowed) return value;
  throw new UsageError(`${origin} must be ${allowedWords(flag)}, not "${withoutCredentials(text)}"`);
}

function convert(flag: Flag, text: string): FlagValue | undefined {
  if (flag.type === "string") return text === "" ? undefined : text;
  if (flag.type === "boolean") return BOOLEANS.get(text.toLowerCase());
  // Number("") and Number(" ") are 0, and "0x10" and "1e3" surprise nobody who typed them.
  return text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
}

/** A URL's user name and password must not be repeated on stderr, however the URL is broken. */
function withoutCredentials(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)?.*@/is, "$1***@");
}

const BOOLEANS = new Map([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const),
]);

function schemeOf(text: string): string {
  if (!URL.canParse(text)) return "";
  const { protocol, host } = new URL(text);
  return host === "" ? "" : protocol.slice(0, -1);
}
