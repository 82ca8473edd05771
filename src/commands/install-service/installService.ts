import { defineCommand, type FlagTable } from "../command.js";
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

export const installService = defineCommand({
  name: "install-service",
  summary: "start the proxy at login, as a service of your own",
  description: [
    "Linux and WSL: a systemd user unit. macOS: a launch agent. Windows: nothing is registered; it prints how to make a shortcut that starts codexcomp at login.",
    "The flags of codexcomp run are passed on to the service. Running it again updates the service and restarts it. Relative paths in flags are taken from the current directory.",
    "Installing the package never installs the service.",
  ],
  examples: [
    { line: "codexcomp install-service", does: "start codexcomp now and at every login" },
    { line: "codexcomp install-service --port 9000 --mode observe", does: "with flags of codexcomp run" },
    { line: "codexcomp install-service --print", does: "show what would be written, and write nothing" },
  ],
  flags: serviceFlags,
  run: async (invocation) => (await import("./install.js")).install(invocation),
});

export const uninstallService = defineCommand({
  name: "uninstall-service",
  summary: "stop the service, and remove it",
  description: [
    'Removes everything that "codexcomp install-service" has made. Codex stays wired: see "codexcomp unwire".',
  ],
  examples: [{ line: "codexcomp uninstall-service", does: "no longer start codexcomp at login" }],
  flags: {},
  run: async (invocation) => (await import("./install.js")).uninstall(invocation),
});
