/** Text that may come from somebody else's file or request: what would steer the terminal is replaced. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}

/** The same for text of several lines, whose characters are to stay what they are: only what controls a terminal goes. */
export function printableLines(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, "?");
}
