import type { Command } from "./command.js";
import { completion } from "./completion/completion.js";
import { demo } from "./demo/demo.js";
import { help } from "./help/help.js";
import { installService } from "./install-service/installService.js";
import { uninstallService } from "./install-service/uninstallService.js";
import { run } from "./run/run.js";
import { unwire } from "./wire/unwire.js";
import { wire } from "./wire/wire.js";

/** All commands, in the order help lists them. */
export const commands: readonly Command[] = [
  run,
  wire,
  unwire,
  installService,
  uninstallService,
  demo,
  completion,
  help,
];
