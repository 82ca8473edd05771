import type { Command } from "./command.js";
import { codex } from "./exec/codex.js";
import { completion } from "./completion/completion.js";
import { evaluate } from "./eval/eval.js";
import { demo } from "./demo/demo.js";
import { doctor } from "./doctor/doctor.js";
import { exec } from "./exec/exec.js";
import { help } from "./help/help.js";
import { installService, uninstallService } from "./install-service/installService.js";
import { logs } from "./logs/logs.js";
import { newOperator } from "./new-operator/newOperator.js";
import { page } from "./page/page.js";
import { replay } from "./replay/replay.js";
import { run } from "./run/run.js";
import { scan } from "./scan/scan.js";
import { serveRecording } from "./serve-recording/serveRecording.js";
import { stats } from "./stats/stats.js";
import { status } from "./status/status.js";
import { unwire, wire } from "./wire/wire.js";

/** All commands, in the order help lists them. */
export const commands: readonly Command[] = [
  run,
  codex,
  exec,
  demo,
  wire,
  unwire,
  installService,
  uninstallService,
  doctor,
  status,
  page,
  scan,
  evaluate,
  stats,
  logs,
  replay,
  serveRecording,
  newOperator,
  completion,
  help,
];
