import { parentPort, workerData } from "node:worker_threads";
import { codexLogs } from "../codexLogs.js";
import { journalHistory } from "../journalHistory.js";
import type { Said, Task } from "./inWorker.js";

/** A thread for what reads much: the proxy's own has turns to serve. */
const say = (said: Said): void => parentPort?.postMessage(said);

const task = workerData as Task;
try {
  const result =
    task.kind === "journal"
      ? await journalHistory(task.folder, task.now)
      : await codexLogs(task.codexHome, task.now, (done, total) => say({ kind: "progress", done, total }));
  say({ kind: "done", result });
} catch (error) {
  say({ kind: "failed", why: (error as NodeJS.ErrnoException).code ?? "no session logs there" });
}
