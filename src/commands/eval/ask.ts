import { createInterface } from "node:readline/promises";
import type { Input, Output } from "../command.js";

/** Asks a question that is answered by yes or no. @returns false for anything but yes, and where the input ends */
export async function agrees(
  question: string,
  input: Input,
  output: Output,
  signal: AbortSignal,
): Promise<boolean> {
  const lines = createInterface({ input, output, terminal: false });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
