/** Text that may come from somebody else's file or request: what would steer the terminal is replaced. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}
