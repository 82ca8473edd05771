import { Worker } from "node:worker_threads";
import { Observable } from "rxjs";

/** What a thread of its own is to do. */
export type Task =
  | { readonly kind: "journal"; readonly folder: string; readonly now: number }
  | { readonly kind: "logs"; readonly codexHome: string; readonly now: number };

export type Said =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "failed"; readonly why: string };

/** In MB; a thread that needs more has gone wrong, and takes nothing else with it. */
const MOST_MEMORY = 256;

/**
 * Does a task in a thread of its own. Unsubscribing ends it.
 *
 * @returns what it says: progress, and at last its result; errors where the thread died or its task failed
 */
export function inWorker(task: Task): Observable<Exclude<Said, { kind: "failed" }>> {
  return new Observable((subscriber) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
      // Whatever else it says is not for the log.
      stdout: true,
      stderr: true,
    });
    // It must not keep the process from ending.
    worker.unref();
    worker.on("message", (said: Said) => {
      if (said.kind === "failed") return subscriber.error(new Error(said.why));
      subscriber.next(said);
      if (said.kind === "done") subscriber.complete();
    });
    worker.on("error", ({ code }: NodeJS.ErrnoException) => subscriber.error(new Error(code ?? "it failed")));
    worker.on("exit", () => subscriber.error(new Error("it ended early")));
    return () => void worker.terminate();
  });
}
