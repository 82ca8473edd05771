/** What a value must be. */
export interface Allowed {
  /** In words that end the sentence "... must be", for example `a port number, 0 to 65535`. */
  readonly words: string;
  readonly accepts: (value: unknown) => boolean;
}

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
    accepts: (value) =>
      typeof value === "string" && (words.includes(value) || schemes.includes(schemeOf(value))),
  };
}

/** One of the words. */
export function oneOf(words: readonly string[]): Allowed {
  return { words: `one of ${words.join(", ")}`, accepts: (value) => words.includes(value as string) };
}

/** True or false. */
export const yesOrNo: Allowed = {
  words: "true or false",
  accepts: (value) => typeof value === "boolean",
};

/** Any text but the empty one. */
export const text: Allowed = {
  words: "a text that is not empty",
  accepts: (value) => typeof value === "string" && value !== "",
};

/** A list of texts, maybe none. */
export const texts: Allowed = {
  words: "a list of texts that are not empty",
  accepts: (value) => Array.isArray(value) && value.every(text.accepts),
};

/** A function. @param signature what it takes and gives, as in TypeScript */
export function functionOf(signature: string): Allowed {
  return { words: `a function ${signature}`, accepts: (value) => typeof value === "function" };
}

/** What either allows. */
export function either(one: Allowed, other: Allowed): Allowed {
  return {
    words: `${one.words}, or ${other.words}`,
    accepts: (value) => one.accepts(value) || other.accepts(value),
  };
}

function schemeOf(text: string): string {
  if (!URL.canParse(text)) return "";
  const { protocol, host } = new URL(text);
  return host === "" ? "" : protocol.slice(0, -1);
}
