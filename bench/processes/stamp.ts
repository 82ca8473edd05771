/**
 * The moment an event was sent, inside the event: digits in the place of its `obfuscation`. The monotonic clock is the
 * same for all processes of a machine.
 */
const NAME = '"obfuscation":"';
const DIGITS = 15;

/** Now, in microseconds. */
export function now(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Prepares a delta event for {@link stamped}. @returns `undefined` for events without the field */
export function stampable(text: string): [before: string, after: string] | undefined {
  const at = text.indexOf(NAME);
  if (at < 0) return undefined;
  const start = at + NAME.length;
  return [text.slice(0, start), text.slice(text.indexOf('"', start))];
}

export function stamped([before, after]: readonly [string, string]): string {
  return before + String(now()).padStart(DIGITS, "0") + after;
}

const STAMP = new RegExp(`${NAME}(\\d{${DIGITS}})"`, "g");

/** How long ago each of the stamped events in a text was sent, in milliseconds. */
export function agesIn(text: string): number[] {
  const received = now();
  return [...text.matchAll(STAMP)].map((match) => (received - Number(match[1])) / 1000);
}
