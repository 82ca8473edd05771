import type { Command } from "./command.js";
import { completion } from "./completion/completion.js";
import { help } from "./help/help.js";
import { demo } from "./demo/demo.js";
import { run } from "./run/run.js";

/** All commands, in the order help lists them. */
export const commands: readonly Command[] = [run, demo, completion, help];
