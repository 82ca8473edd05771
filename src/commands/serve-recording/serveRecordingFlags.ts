import { configRules as rules } from "../../options/rules.js";
import type { FlagTable, FlagValues } from "../command.js";
import { speed } from "../replay/speed.js";

export const serveRecordingFlags = {
  port: {
    type: "number",
    value: "PORT",
    default: 8788,
    allowed: rules.port,
    describes: "the port to listen on",
  },
  speed: {
    type: "string",
    value: "SPEED",
    default: "1x",
    allowed: speed,
    describes: "1x for the times of the recording, or max",
  },
} as const satisfies FlagTable;

export type ServeRecordingFlags = FlagValues<typeof serveRecordingFlags>;
