import type { FlagTable, FlagValues } from "../command.js";
import { runFlags } from "../run/runFlags.js";

/** Where it listens is its own affair: on this machine only, on a port that nobody needs to know. */
const { host: _host, autoPort: _autoPort, allowRemote: _allowRemote, port, ...others } = runFlags;

/** The flags of `codexcomp exec` and `codexcomp codex`: those of `run`, and one of their own. */
export const execFlags = {
  port: { ...port, default: 0, describes: "the port to listen on, instead of a free one" },
  ...others,
  quiet: { type: "boolean", describes: "say nothing at the end of what was cut and continued" },
} as const satisfies FlagTable;

export type ExecFlags = FlagValues<typeof execFlags>;
