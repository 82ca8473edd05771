import { withoutCredentials } from "../../options/validate.js";
import { UsageError, type Flag, type FlagValue } from "../command.js";

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

const BOOLEANS = new Map([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const),
]);

/** `maxN` to `max-n`. */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The environment variable that gives a flag's default: `maxN` to `CODEXCOMP_MAX_N`. */
export function variableName(key: string): string {
  return `CODEXCOMP_${kebabCase(key).replaceAll("-", "_").toUpperCase()}`;
}
