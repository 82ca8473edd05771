import { stopSeconds, type Launch } from "./launch.js";

export const UNIT_NAME = "codexcomp.service";
export const SOCKET_NAME = "codexcomp.socket";

/**
 * The text of the unit that holds the port: who connects while the service starts, restarts or is updated waits in the
 * queue of the socket, which outlives the process.
 */
export function systemdSocket(address: string): string {
  return `# Written by "codexcomp install-service", which also updates it; "codexcomp uninstall-service" removes it.
[Unit]
Description=The port of codexcomp, a local proxy for the Codex CLI

[Socket]
ListenStream=${address}

[Install]
WantedBy=sockets.target
`;
}

/**
 * The text of a systemd user unit.
 *
 * The hardening is what a user manager can do by itself everywhere, without namespaces of its own (they are missing in
 * containers and on some distributions), and what leaves a proxy alone: every way into the network (netlink is how the
 * resolver learns of interfaces), writable and executable memory for the JIT, and the user's files for recordings.
 */
export function systemdUnit(launch: Launch): string {
  const { node, script, args, variables, socket } = launch;
  const words = [word(node, { isProgram: true }), ...[script, ...args].map((text) => word(text))];
  const environment = Object.entries(variables).map(
    ([name, value]) => `Environment=${quoted(escaped(`${name}=${value}`))}\n`,
  );
  return `# Written by "codexcomp install-service", which also updates it; "codexcomp uninstall-service" removes it.
[Unit]
Description=codexcomp, a local proxy for the Codex CLI
${socket === undefined ? "" : `Requires=${SOCKET_NAME}\nAfter=${SOCKET_NAME}\n`}StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${words.join(" ")}
${environment.join("")}Restart=on-failure
RestartSec=2
# Wrong usage does not get better by trying again.
RestartPreventExitStatus=2
TimeoutStopSec=${stopSeconds(launch)}
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native

[Install]
WantedBy=default.target
`;
}

/** One word of a command line (systemd.service(5), "Command lines"). Variables are expanded in all but the program. */
function word(text: string, { isProgram = false } = {}): string {
  if (/^[\w@+=:,./-]+$/.test(text)) return text;
  const plain = escaped(text);
  return quoted(isProgram ? plain : plain.replaceAll("$", "$$$$"));
}

function quoted(text: string): string {
  return `"${text}"`;
}

/** Specifiers (systemd.unit(5)) and C escapes (systemd.syntax(7)). */
function escaped(text: string): string {
  return text
    .replaceAll("%", "%%")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replace(
      // oxlint-disable-next-line no-control-regex
      /[\u0001-\u001f\u007f]/g,
      (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`,
    );
}
