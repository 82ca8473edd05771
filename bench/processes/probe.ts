/**
 * Preloaded into every process of the benchmark, before its own code: tells its CPU time and memory when asked.
 */
export type Question = "cpu" | "memory";

/** `cpu`: milliseconds of all threads since the start; `memory`: resident bytes, after a full collection. */
export interface Reading {
  readonly value: number;
}

const ANSWERS: Readonly<Record<Question, () => number>> = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  memory: () => {
    globalThis.gc?.();
    return process.memoryUsage.rss();
  },
};

process.on("message", (question: Question) => {
  const answer = ANSWERS[question];
  if (answer) process.send?.({ value: answer() } satisfies Reading);
});
// whoever started us may be gone: that must end us, and our listening must not keep us
process.on("disconnect", () => process.exit());
process.channel?.unref();
