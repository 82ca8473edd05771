import type * as PromClient from "prom-client";
import type { MetricNow } from "./countReports.js";

/** What a scrape is answered with. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * The metrics in Prometheus' text format, with those of the process.
 *
 * prom-client is loaded when it is first wanted: alone it takes 80 ms and 11 MB (measured), and most people never scrape.
 * What happened before is in the metrics all the same, for they are counted elsewhere.
 */
export async function exposition(metrics: readonly MetricNow[]): Promise<Exposition> {
  const { default: promClient } = await import("prom-client");
  // What prom-client has for the numbers of other processes does for numbers that were counted without it.
  const counted = promClient.AggregatorRegistry.aggregate([metrics.map(asJson)]) as PromClient.Registry;
  const registry = promClient.Registry.merge([counted, ofProcess(promClient)]);
  return { contentType: registry.contentType, text: await registry.metrics() };
}

function asJson({ metric: { name, type, help }, samples }: MetricNow): object {
  const values = samples.map(({ labels, value, suffix = "" }) => ({
    labels,
    value,
    metricName: name + suffix,
  }));
  return { name, type, help, values, aggregator: "first" };
}

type PromMetrics = Pick<typeof PromClient, "Registry" | "collectDefaultMetrics">;

/** One for all proxies of a process: each would watch its event loop and its garbage collector. */
let processRegistry: PromClient.Registry | undefined;

/** Memory, CPU, event loop, garbage collection: prom-client's usual metrics. */
export function ofProcess({ Registry, collectDefaultMetrics }: PromMetrics): PromClient.Registry {
  if (processRegistry) return processRegistry;
  const register = new Registry();
  collectDefaultMetrics({ register });
  // Named against the conventions: a gauge is no total (promtool says so, too).
  for (const { name } of register.getMetricsAsArray())
    if (/^nodejs_active_\w+_total$/.test(name)) register.removeSingleMetric(name);
  return (processRegistry = register);
}
