import type { Way } from "../measure/interleave.js";
import { startCodexcomp, startOwn, type Running } from "./start.js";

/** An upstream, and the proxies in front of it. */
export type Lab = Readonly<Record<Way, Running>>;

/**
 * Starts an upstream, the floor and codexcomp, runs something with them, and stops them.
 *
 * @param flags of `codexcomp run`
 */
export async function withLab<T>(
  floor: "pipe" | "splice",
  use: (lab: Lab) => Promise<T>,
  flags: readonly string[] = [],
): Promise<T> {
  const direct = await startOwn("upstream");
  const lab = {
    direct,
    floor: await startOwn(floor, direct.url),
    codexcomp: await startCodexcomp(direct.url, ...flags),
  };
  try {
    return await use(lab);
  } finally {
    await Promise.all(Object.values(lab).map((process) => process.stop()));
  }
}
