import type { Allowed } from "../../options/allowed.js";
import type { Speed } from "../../recordings/replay.js";

const FACTOR = /^(\d{1,4}(?:\.\d{1,3})?)x$/;

/** For flags that say how fast a recording is played. */
export const speed: Allowed = {
  words: "max, or a factor such as 1x",
  accepts: (value) => value === "max" || Number(FACTOR.exec(String(value))?.[1]) > 0,
};

/** @param text what {@link speed} accepts */
export function speedOf(text: string): Speed {
  return text === "max" ? text : Number(FACTOR.exec(text)?.[1]);
}
