import type { Launch } from "./launch.js";

/** The longest target that the dialog for shortcuts takes. */
const LONGEST_TARGET = 259;

/**
 * What a user does on Windows to have codexcomp start at login. Nothing is registered for them: programs that add
 * themselves to the startup are what behavioural antivirus looks for.
 *
 * @param launch its script is `codexcompw`, which needs no console
 */
export function windowsInstructions(launch: Launch): string {
  const target = shortcutTarget(launch);
  const tooLong =
    target.length > LONGEST_TARGET
      ? `
That is longer than the ${LONGEST_TARGET} characters a shortcut takes. Give flags as variables instead, for example:
    setx CODEXCOMP_PORT 9000
`
      : "";
  return `Windows: codexcomp registers nothing by itself. To start it at login, without a window:

1. Press Win+R, type    shell:startup    and press Enter.
2. In the folder that opens: right click, New, Shortcut.
3. As the location of the item, paste this line:

${target}
${tooLong}
4. Name it    codexcomp    and finish. Double-click it once to start it now.

It logs to %LOCALAPPDATA%\\codexcomp\\codexcomp.log
To undo: delete the shortcut, and end node.exe in the Task Manager or log off.
`;
}

/** The command line of the shortcut: conhost gives node a console that nobody sees. */
export function shortcutTarget({ node, script, args }: Launch): string {
  return ["conhost.exe", "--headless", ...[node, script, ...args].map(quoted)].join(" ");
}

/** One argument as CommandLineToArgvW reads it: backslashes count only in front of a quote. */
function quoted(text: string): string {
  if (/^[\w@+=:,.\\/-]+$/.test(text)) return text;
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}
