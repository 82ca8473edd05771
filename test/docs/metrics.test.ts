import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import promClient from "prom-client";
import { METRICS, type MetricDefinition } from "../../src/metrics/definitions.js";
import { ofProcess } from "../../src/metrics/exposition.js";
import { metricsTables } from "../../src/metrics/table.js";
import { hasPromtool, promtool } from "../metrics/promtool.js";

const folder = "examples/metrics";
const read = (path: string): string => readFileSync(path, "utf8");

// Elsewhere the process has fewer of its own.
test.skipIf(process.platform !== "linux")("docs/metrics.md lists the metrics that there are", async () => {
  expect(read("docs/metrics.md"), 'run "npm run docs:metrics"').toContain(
    `-->\n\n${await metricsTables()}\n\n<!--`,
  );
});

test("names follow the conventions", () => {
  const metrics: MetricDefinition[] = Object.values(METRICS);
  for (const { name, type, labels, buckets } of metrics) {
    expect(name).toMatch(/^codexcomp_[a-z]+(_[a-z]+)*$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    expect(buckets !== undefined).toBe(type === "histogram");
    expect(buckets ?? []).toEqual([...(buckets ?? [])].sort((a, b) => a - b));
    expect(labels).not.toContain("le");
  }
});

describe("the examples", () => {
  /** The metrics in queries. */
  const namesIn = (text: string): string[] => text.match(/\b(codexcomp|process|nodejs)_\w+/g) ?? [];
  const known = new Set([
    ...Object.values<MetricDefinition>(METRICS).flatMap(({ name, type }) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
    ...ofProcess(promClient)
      .getMetricsAsArray()
      .map(({ name }) => name),
  ]);
  const labels = new Set<string>([
    ...Object.values<MetricDefinition>(METRICS).flatMap(({ labels }) => labels),
    ...["le", "job", "instance"],
  ]);

  test.each(["alerts.yml", "dashboard.json"])("%s asks for metrics and labels that there are", (name) => {
    const text = read(`${folder}/${name}`);
    expect(namesIn(text).length).toBeGreaterThan(3);
    expect(namesIn(text).filter((metric) => !known.has(metric))).toEqual([]);
    const grouped = [...text.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
    const matched = [...text.matchAll(/[{,]\s*(\w+)(?:=~|!=|!~|=)\\?"/g)].map(([, label = ""]) => label);
    expect([...grouped, ...matched].filter((label) => !labels.has(label))).toEqual([]);
  });

  test("there are three alerts, each with a test", () => {
    const alerts = [...read(`${folder}/alerts.yml`).matchAll(/alert: (\w+)/g)].map(([, name]) => name);
    expect(alerts).toHaveLength(3);
    for (const alert of alerts)
      expect(read(`${folder}/alerts.test.yml`).split(`alertname: ${alert}`)).toHaveLength(3);
  });

  test("the dashboard has panels that do not overlap, and draws every kind of metric", () => {
    interface Panel {
      id: number;
      gridPos: { x: number; y: number; w: number; h: number };
      targets: { expr: string }[];
    }
    const { panels } = JSON.parse(read(`${folder}/dashboard.json`)) as { panels: Panel[] };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    const drawn = new Set(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => namesIn(expr))));
    expect(drawn.size).toBeGreaterThan(10);
    const gauges = Object.values<MetricDefinition>(METRICS).filter(({ type }) => type === "gauge");
    expect(gauges.map(({ name }) => name).filter((name) => !drawn.has(name))).toEqual([
      // What the others mean, and no course over time.
      ...["codexcomp_build_info", "codexcomp_rate_limit_window_seconds"],
      "codexcomp_rate_limit_reset_timestamp_seconds",
    ]);
  });

  test.skipIf(!hasPromtool)(
    "promtool takes the rules and the configuration, and the rules' own tests pass",
    () => {
      for (const args of [
        ["check", "rules", `${folder}/alerts.yml`],
        ["check", "config", `${folder}/prometheus.yml`],
        ["test", "rules", `${folder}/alerts.test.yml`],
      ]) {
        const { status, said } = promtool(args);
        expect(status, said).toBe(0);
      }
      expect(existsSync(`${folder}/prometheus.yml`)).toBe(true);
    },
  );
});
