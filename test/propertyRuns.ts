/**
 * How often a property is tried. `npm test` tries a few dozen to hundreds of cases, new ones each time; with
 * `PROPERTY_RUNS=5` in the environment it is five times as many.
 */
export function runs(usual: number): number {
  return Math.ceil(usual * Number(process.env["PROPERTY_RUNS"] ?? 1));
}
