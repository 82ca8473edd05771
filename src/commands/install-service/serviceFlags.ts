import type { FlagTable } from "../command.js";
import { runFlags } from "../run/runFlags.js";

/** The flags of `install-service`: those of the service, and two of its own. */
export const serviceFlags = {
  ...runFlags,
  print: { type: "boolean", describes: "print what would be written, and change nothing" },
  platform: {
    type: "string",
    choices: ["linux", "darwin", "win32"],
    describes: "with --print: for another platform than this one",
  },
} as const satisfies FlagTable;
