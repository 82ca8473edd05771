import type { FlagTable, FlagValues } from "../command.js";
import { useFlag } from "../run/useFlag.js";
import { speed } from "./speed.js";

export const replayFlags = {
  events: { type: "boolean", describes: "print the events that the client would get, as SSE" },
  diff: { type: "boolean", describes: "print how they differ from what the client got" },
  speed: {
    type: "string",
    value: "SPEED",
    default: "max",
    allowed: speed,
    describes: "max, or 1x for the times of the recording",
  },
  use: useFlag,
  json: { type: "boolean", describes: "print one JSON object" },
} as const satisfies FlagTable;

export type ReplayFlags = FlagValues<typeof replayFlags>;
