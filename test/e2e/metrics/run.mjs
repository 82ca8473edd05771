// `npm run test:metrics`: a real Prometheus scrapes the running program for a minute while turns go through it, with the
// configuration, the rules and the dashboard of examples/metrics. Nothing leaves the machine. The program has to be built.
// Where there is no Prometheus, says SKIPPED and exits 0.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startTurns } from "./turns.mjs";

const SECONDS = 60;
/** Shorter than people have it: a minute has to be long. */
const SCRAPE_SECONDS = 2;

const root = fileURLToPath(new URL("../../..", import.meta.url));
const examples = join(root, "examples", "metrics");

if (spawnSync("prometheus", ["--version"]).error) {
  console.log("SKIPPED: there is no prometheus on the PATH (Debian: apt install prometheus)");
  process.exit(0);
}
assert(existsSync(join(root, "dist/cli.js")), "build it first: npm run build");

const folder = await mkdtemp(join(tmpdir(), "codexcomp-metrics-"));
const children = [];
try {
  await test();
} finally {
  for (const child of children) child.kill();
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, "close")));
  await rm(folder, { recursive: true, force: true });
}
// The upstream and the client's socket are still there.
process.exit(0);

async function test() {
  const { simulatedUpstream } = await import("../../../dist/testing/index.js");
  const turns = startTurns(simulatedUpstream);
  const upstream = await turns.upstream();
  const proxy = await startProxy(upstream.url);
  // What happened before the first scrape counts, too.
  await turns.some(proxy, 5);
  const { ask, query, value } = await startPrometheus(new URL(proxy).host);

  const until = performance.now() + SECONDS * 1000;
  while (performance.now() < until) {
    await turns.some(proxy, 1);
    await sleep(50);
  }
  // Two more scrapes: the first may have begun before the last turn was over.
  await sleep(2 * SCRAPE_SECONDS * 1000 + 500);

  const scrapes = await value("count_over_time(up[1m])");
  assert(scrapes > SECONDS / SCRAPE_SECONDS / 2, `only ${scrapes} scrapes`);
  assert.equal(await value("min_over_time(up[1m])"), 1, "a scrape failed");
  const { activeTargets } = await ask("targets");
  assert.deepEqual(
    activeTargets.map(({ health, lastError }) => [health, lastError]),
    [["up", ""]],
  );

  assert.deepEqual(await counted(query), turns.done(), "Prometheus has counted other turns than there were");
  assert.equal(await value("sum(resets(codexcomp_turns_total[1m]))"), 0);
  assert((await value("sum(increase(codexcomp_turns_total[1m]))")) > 10);
  assert.equal(await value('codexcomp_rate_limit_used_ratio{window="primary"}'), 0.425);
  assert.equal(
    await value("sum(codexcomp_truncated_rounds_total)"),
    await value("sum(codexcomp_folds_total)"),
  );

  const { groups } = await ask("rules");
  const rules = groups.flatMap((group) => group.rules);
  assert.deepEqual(
    rules.map(({ health }) => health),
    ["ok", "ok", "ok"],
  );

  for (const { title, expr } of dashboardQueries()) {
    const series = await query(expr);
    assert(series.length > 0, `the dashboard's panel "${title}" is empty: ${expr}`);
  }

  const total = Object.values(turns.done()).reduce((sum, n) => sum + n, 0);
  const series = await value('count({__name__=~"codexcomp_.+"})');
  const slowest = await value("max_over_time(scrape_duration_seconds[2m])");
  console.log(
    `${total} turns, ${scrapes} scrapes in the last minute, ${series} series, slowest scrape ${slowest.toFixed(3)} s`,
  );
}

async function counted(query) {
  const series = await query("sum by (model, transport, outcome) (codexcomp_turns_total)");
  return Object.fromEntries(
    series
      .map(({ metric: { model, transport, outcome }, value: [, n] }) => [
        `${model} ${transport} ${outcome}`,
        Number(n),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The dashboard's queries, as Grafana would send them. */
function dashboardQueries() {
  const { panels } = JSON.parse(readFileSync(join(examples, "dashboard.json"), "utf8"));
  return panels.flatMap(({ title, targets }) =>
    targets
      .map(({ expr }) =>
        expr.replaceAll("$__rate_interval", "30s").replaceAll("$instance", ".*").replaceAll("$job", ".*"),
      )
      // Nothing goes out live that was cut here.
      .filter((expr) => !expr.includes("missed"))
      .map((expr) => ({ title, expr })),
  );
}

/** @returns the proxy's base URL */
async function startProxy(upstream) {
  const env = { PATH: process.env["PATH"], HOME: folder, XDG_STATE_HOME: folder };
  const args = ["--port", "0", "--upstream", `${upstream}/v1`, "--proxy", "none"];
  args.push("--max-extra-tokens-per-day", "1000000000"); // there is a panel for it
  const child = spawn(process.execPath, [join(root, "dist/cli.js"), ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  for (;;) {
    const found = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(said);
    if (found) break;
    assert(child.exitCode === null, said);
    await once(child.stderr, "data");
  }
  const [url] = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(said);
  child.stderr.removeAllListeners("data").resume();
  return url;
}

/** A Prometheus with the example's configuration, but for the time between scrapes and the target. */
async function startPrometheus(target) {
  const port = await freePort();
  await cp(join(examples, "alerts.yml"), join(folder, "alerts.yml"));
  const config = readFileSync(join(examples, "prometheus.yml"), "utf8");
  const ours = config
    .replace(/_interval: 15s/g, `_interval: ${SCRAPE_SECONDS}s`)
    .replace("127.0.0.1:8787", target);
  assert.notEqual(ours, config);
  await writeFile(join(folder, "prometheus.yml"), ours);
  const args = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn("prometheus", args, { stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  let said = "";
  child.stderr.on("data", (chunk) => (said = (said + chunk).slice(-4000)));

  const get = (path) => fetch(`http://127.0.0.1:${port}${path}`);
  const isReady = async () => (await get("/-/ready").catch(() => undefined))?.ok;
  while (!(await isReady())) {
    assert(child.exitCode === null, said);
    await sleep(100);
  }
  const ask = async (path) => {
    const { status, data, error } = await (await get(`/api/v1/${path}`)).json();
    assert.equal(status, "success", error);
    return data;
  };
  const query = async (expr) => (await ask(`query?${new URLSearchParams({ query: expr })}`)).result;
  const value = async (expr) => Number((await query(expr))[0]?.value[1] ?? NaN);
  return { ask, query, value };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
