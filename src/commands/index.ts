import type { Command } from "./command.js";
import { completion } from "./completion/completion.js";
import { help } from "./help/help.js";
import { run } from "./run/run.js";
import { scan } from "./scan/scan.js";

/** All commands, in the order help lists them. */
export const commands: readonly Command[] = [run, scan, completion, help];
