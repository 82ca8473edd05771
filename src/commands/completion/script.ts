import type { Command } from "../command.js";
import { bashScript } from "./bash.js";
import { fishScript } from "./fish.js";
import { completionModel } from "./model.js";
import { powershellScript } from "./powershell.js";
import { zshScript } from "./zsh.js";

const writers = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

/** The completion script of one shell. */
export function completionScript(shell: keyof typeof writers, commands: readonly Command[]): string {
  return writers[shell](completionModel(commands));
}
