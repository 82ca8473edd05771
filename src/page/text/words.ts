import { en, type Words } from "./en.js";
import { zh } from "./zh.js";

export type { Words };

/** The words for a browser's languages, the most wanted first. */
export function wordsFor(languages: readonly string[]): Words {
  const wanted = languages.map((language) => language.toLowerCase().split("-")[0]);
  const known = wanted.find((language) => language === "en" || language === "zh");
  return known === "zh" ? zh : en;
}
