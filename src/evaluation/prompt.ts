/**
 * A puzzle's whole prompt.
 *
 * @param paragraphs the puzzle
 * @param form what the answer line holds, in words: `the number, in digits`
 */
export function promptOf(paragraphs: readonly string[], form: string): string {
  return [
    ...paragraphs,
    "Solve this by thinking alone. Do not use any tool: run no command, read no file, search nothing, and do not let a program work it out.",
    `Check your result before you reply. Keep the reply short, and end it with a last line of exactly this form, with ${form} in the place of the dots, and nothing behind it:`,
    "ANSWER: ...",
  ].join("\n\n");
}
