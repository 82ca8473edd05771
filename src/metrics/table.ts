import { METRICS, type MetricDefinition } from "./definitions.js";
import { ofProcess } from "./exposition.js";

/** The tables of docs/metrics.md, in Markdown. */
export async function metricsTables(): Promise<string> {
  const { default: promClient } = await import("prom-client");
  const ours: MetricDefinition[] = Object.values(METRICS);
  const process = ofProcess(promClient).getMetricsAsArray();
  return [
    "| metric | type | labels | |",
    "|---|---|---|---|",
    ...ours.map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${listed(labels)} | ${help} |`),
    "",
    "Of the process, as other Node programs have them (on Linux; elsewhere some are missing), from the first scrape on:",
    "",
    process.map(({ name }) => `\`${name}\``).join(", "),
    "",
    "Buckets, in seconds:",
    "",
    ...ours.flatMap(({ name, buckets }) => (buckets ? [`- \`${name}\`: ${buckets.join(", ")}`] : [])),
  ].join("\n");
}

function listed(labels: readonly string[]): string {
  return labels.map((label) => `\`${label}\``).join(", ");
}
