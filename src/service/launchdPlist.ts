import { stopSeconds, type Launch } from "./launch.js";

/** The name launchd knows the service by. */
export const LABEL = "local.codexcomp";

/**
 * The text of a launchd property list for a user agent.
 *
 * @param log where the output goes; its folder must exist
 */
export function launchdPlist(launch: Launch, log: string): string {
  const { node, script, args, variables } = launch;
  const entries: readonly (readonly [string, string])[] = [
    ["Label", string(LABEL)],
    ["ProgramArguments", array([node, script, ...args])],
    ...(Object.keys(variables).length === 0
      ? []
      : [["EnvironmentVariables", dictionary(variables)] as const]),
    ["RunAtLoad", "<true/>"],
    // Back after a crash, not after "launchctl kill SIGTERM".
    ["KeepAlive", "<dict>\n\t\t<key>SuccessfulExit</key>\n\t\t<false/>\n\t</dict>"],
    // Anything less gets its timers and its I/O slowed down while the user waits for an answer.
    ["ProcessType", string("Interactive")],
    ["ExitTimeOut", `<integer>${stopSeconds(launch)}</integer>`],
    ["Umask", "<integer>63</integer>"],
    ["StandardOutPath", string(log)],
    ["StandardErrorPath", string(log)],
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by "codexcomp install-service", which also updates it; "codexcomp uninstall-service" removes it. -->
<plist version="1.0">
<dict>
${entries.map(([key, value]) => `\t<key>${key}</key>\n\t${value}\n`).join("")}</dict>
</plist>
`;
}

function string(text: string): string {
  return `<string>${escaped(text)}</string>`;
}

function array(texts: readonly string[]): string {
  return `<array>\n${texts.map((text) => `\t\t${string(text)}\n`).join("")}\t</array>`;
}

function dictionary(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).map(
    ([key, value]) => `\t\t<key>${escaped(key)}</key>\n\t\t${string(value)}\n`,
  );
  return `<dict>\n${entries.join("")}\t</dict>`;
}

/** @throws Error for characters that XML has no way to write */
function escaped(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text)) {
    throw new Error("a property list cannot hold control characters");
  }
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
}
