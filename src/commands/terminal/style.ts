import { styleText } from "node:util";
import type { Environment, Output } from "../command.js";

/** Text in a style, or as it is where the output takes no colour. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

/** Colour goes to terminals only; `NO_COLOR` switches it off and `FORCE_COLOR` on (no-color.org, force-color.org). */
export function styleFor(output: Pick<Output, "isTTY">, env: Environment): Style {
  return takesColour(output, env)
    ? (format, text) => styleText(format, text, REGARDLESS)
    : (_format, text) => text;
}

/** What takes colour is decided here, not by Node looking at the process' own stdout. */
const REGARDLESS = { validateStream: false };

function takesColour(output: Pick<Output, "isTTY">, env: Environment): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return output.isTTY === true && env["TERM"] !== "dumb";
}
