/** Text that may come from somebody else's file or answer, on one line and without anything that would steer the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}
