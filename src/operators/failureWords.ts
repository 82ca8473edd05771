/** What a user's function is called in the log. */
export function nameOf({ name }: { readonly name: string }): string {
  return name === "" ? "without a name" : oneLine(name);
}

/** What kind of error, and where it was thrown. Its message may hold content, which the log must not. */
export function inBrief(error: unknown): string {
  if (!(error instanceof Error)) return `threw a value of type ${typeof error}`;
  const frames = String(error.stack).replace(error.message, "").split("\n");
  const place = frames.find((line) => FRAME.test(line))?.replace(FRAME, "$1");
  return oneLine(place ? `${error.name} at ${place}` : error.name);
}

/** A frame of V8's stack traces: `    at name (file:line:column)`. */
const FRAME = /^ {4}at (?:.* \()?([^()]+:\d+:\d+)\)?$/;

/** A log's line stays a line, and cannot steer a terminal. */
export function oneLine(text: string): string {
  return String(text)
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, 1000);
}
