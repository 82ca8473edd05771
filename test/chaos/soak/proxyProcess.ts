import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { DEFAULT_PROXY_OPTIONS } from "../../../src/transport/options.js";
import { createProxyServer } from "../../../src/transport/proxy.js";

/** What the proxy's process is like at one moment. Bytes, and milliseconds. */
export interface Sample {
  readonly rss: number;
  /** After a garbage collection. */
  readonly heap: number;
  /** Sockets, servers, timers and whatever else keeps a process alive. */
  readonly handles: number;
  /** The event loop's delay since the sample before, 99th percentile. */
  readonly delayP99: number;
  readonly open: number;
  /** Errors of its own that the proxy reported, uncaught ones among them. */
  readonly bugs: readonly string[];
}

/** What this process says to its parent. */
export type Said =
  | { readonly kind: "listening"; readonly base: string }
  | { readonly kind: "sample"; readonly sample: Sample };

/** The proxy by itself, so that neither clients nor the upstream are measured with it. */
async function main(upstream: string): Promise<void> {
  const say = (said: Said): void => void process.send?.(said);
  const bugs: string[] = [];
  process.on("uncaughtException", (error) => bugs.push(`uncaught: ${error.stack}`));
  process.on("unhandledRejection", (error) => bugs.push(`unhandled: ${String(error)}`));
  process.on("warning", ({ name, message }) => bugs.push(`${name}: ${message}`));

  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const proxy = createProxyServer({ ...DEFAULT_PROXY_OPTIONS, port: 0, upstream });
  proxy.reports$.subscribe((report) => {
    if (report.kind === "notice" && report.level === "error") bugs.push(report.text);
  });
  process.on("message", () => {
    const delayP99 = delay.percentile(99) / 1e6;
    globalThis.gc?.();
    const { rss, heapUsed: heap } = process.memoryUsage();
    const { open } = proxy.health().counters;
    const handles = process.getActiveResourcesInfo().length;
    say({ kind: "sample", sample: { rss, heap, handles, delayP99, open, bugs: bugs.splice(0) } });
    // The collection itself is not the proxy's doing.
    void sleep(20).then(() => delay.reset());
  });
  process.on("disconnect", () => process.exit());
  say({ kind: "listening", base: await proxy.listen() });
}

await main(process.argv[2] ?? "");
