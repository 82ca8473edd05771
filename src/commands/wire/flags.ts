import type { FlagTable } from "../command.js";
import { wholeNumber } from "../../options/allowed.js";
import { codexHomeFlag } from "./codexHome.js";

/** What `wire` and `unwire` have in common. */
export const wiringFlags = {
  port: {
    type: "number",
    value: "PORT",
    default: 8787,
    allowed: wholeNumber(1, 65535),
    describes: "the port of the proxy",
  },
  ...codexHomeFlag,
  dryRun: { type: "boolean", describes: "print what would change, as a diff, and change nothing" },
  json: { type: "boolean", describes: "print the outcome as JSON" },
} as const satisfies FlagTable;
