/** Commands to paste, in the words of the shell that people have: PowerShell on Windows, else one of Unix. */
export interface Shell {
  set(variable: string, value: string): string;
  /** Appends an entry to a list with commas that is not empty. */
  append(variable: string, entry: string): string;
  unset(variable: string): string;
  /** Opens a file in an editor, at a line where that can be said. */
  edit(path: string, line: string | number): string;
}

const UNIX: Shell = {
  set: (variable, value) => `export ${variable}=${value}`,
  append: (variable, entry) => `export ${variable}="$${variable},${entry}"`,
  unset: (variable) => `unset ${variable}`,
  edit: (path, line) => `\${EDITOR:-vi} +${line} '${path}'`,
};

const POWERSHELL: Shell = {
  set: (variable, value) => `$env:${variable} = "${value}"`,
  append: (variable, entry) => `$env:${variable} += ",${entry}"`,
  unset: (variable) => `Remove-Item Env:${variable}`,
  edit: (path) => `notepad "${path}"`,
};

/** The shell of a platform; where none is given, of this one. */
export function shellOf(platform: NodeJS.Platform = process.platform): Shell {
  return platform === "win32" ? POWERSHELL : UNIX;
}
