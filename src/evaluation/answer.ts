import type { Grade } from "./task.js";

/** The longest answer line that is kept. */
const LONGEST = 200;

/**
 * What a reply gives as its answer: what stands behind `ANSWER:` on its last line. Emphasis and quotes around it are
 * taken off, for models decorate; a closing code fence is no line.
 *
 * @returns `undefined` where the last line is no answer line
 */
export function answerOf(text: string): string | undefined {
  const last = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .findLast((line) => line !== "" && !/^(`{3,}|~{3,})$/.test(line));
  const found = /^[*_`#>\s]*answer[*_`\s]*:[*_`\s]*(.*)$/i.exec(last ?? "");
  const answer = found?.[1]?.replace(/^["'`*_$\s]+|["'`*_$.\s]+$/g, "").slice(0, LONGEST);
  return answer === "" ? undefined : answer;
}

/** Grades a reply by its answer line. @param reads the answer in one spelling; `undefined` for what is none */
export function gradeBy(
  text: string,
  right: string | undefined,
  reads: (answer: string) => string | undefined,
): Grade {
  const answer = answerOf(text);
  if (answer === undefined) return "missing";
  const read = reads(answer);
  return read !== undefined && read === reads(right ?? "") ? "right" : "wrong";
}

/** A whole number in digits, and nothing beside it; commas and spaces may stand between thousands. */
export function wholeNumber(answer: string): string | undefined {
  if (!/^-?(\d+|\d{1,3}([, ]\d{3})+)$/.test(answer)) return undefined;
  return answer.replace(/[, ]/g, "").replace(/^(-?)0+(?=\d)/, "$1");
}

/** Names in any order. */
export function setOfNames(answer: string): string | undefined {
  const names = answer
    .toLowerCase()
    .split(/\s*(?:,|;|\band\b)\s*|\s+/)
    .filter((name) => name !== "");
  return new Set(names).size === names.length ? names.sort().join(" ") : undefined;
}

/** Digits, however they are set apart. */
export function rowOfDigits(answer: string): string | undefined {
  const digits = answer.replace(/[\s,;/|]/g, "");
  return /^\d+$/.test(digits) ? digits : undefined;
}
