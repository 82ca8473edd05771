import { defineCommand } from "../command.js";
import { serviceFlags } from "./serviceFlags.js";

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
  async run(invocation) {
    const { install } = await import("./install.js");
    return install(invocation);
  },
});
