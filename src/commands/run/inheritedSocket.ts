import type { Environment } from "../command.js";

/** The first descriptor behind stdin, stdout and stderr. */
const FIRST = 3;

/**
 * The socket that systemd listens on for this very process (sd_listen_fds(3)), so that nobody is refused while there is
 * no process.
 */
export function inheritedSocket(env: Environment, pid = process.pid): number | undefined {
  return env["LISTEN_PID"] === String(pid) && Number(env["LISTEN_FDS"]) >= 1 ? FIRST : undefined;
}
