import type { Command } from "./command.js";
import { completion } from "./completion/completion.js";
import { help } from "./help/help.js";
import { demo } from "./demo/demo.js";
import { logs } from "./logs/logs.js";
import { run } from "./run/run.js";
import { scan } from "./scan/scan.js";
import { stats } from "./stats/stats.js";

/** All commands, in the order help lists them. */
export const commands: readonly Command[] = [run, demo, scan, stats, logs, completion, help];
