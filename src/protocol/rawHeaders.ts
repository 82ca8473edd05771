import type { RawHeaders } from "./errors.js";

/** Names and values, in wire order. */
export function headerPairs(headers: RawHeaders): [name: string, value: string][] {
  return Array.from(
    { length: headers.length >> 1 },
    (_, i) => headers.slice(2 * i, 2 * i + 2) as [name: string, value: string],
  );
}

/** All values of a header, in order. Names are compared without case. @param name in lower case */
export function headerValues(headers: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (const [key, value] of headerPairs(headers)) if (key.toLowerCase() === name) values.push(value);
  return values;
}

/** The first value of a header. @param name in lower case */
export function header(headers: RawHeaders, name: string): string | undefined {
  return headerValues(headers, name)[0];
}
