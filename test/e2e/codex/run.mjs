// `npm run test:codex`: the real Codex against the simulated upstream, directly and through the proxy.
//
// Installs the Codex versions (and the OpenAI SDK, the second real client) into a cache folder of their own, for they
// are large, then runs the tests in a network namespace that has nothing but loopback: whatever Codex tries to reach
// besides, it cannot. Where that is not possible, says SKIPPED and exits 0.
import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installed } from "./installing.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "codexcomp-test");
const versions = (process.env["CODEX_VERSIONS"] || "0.142.5 0.169.0").split(/[\s,]+/).filter(Boolean);

const namespace = loopbackOnly();
if (!namespace) skip("needs Linux, and the right to make a network namespace (root, or unprivileged ones)");

const missing = await installed(cache, versions);
if (missing) skip(`the npm registry did not answer: ${missing}`);

const build = spawnSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
if (build.status !== 0) process.exit(1);

const vitest = [
  join(root, "node_modules", "vitest", "vitest.mjs"),
  "run",
  "--config",
  join(here, "vitest.config.ts"),
];
const [command, ...args] = [...namespace, process.execPath, ...vitest, ...process.argv.slice(2)];
const tests = spawnSync(command, args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, CODEX_E2E_CACHE: cache, CODEX_VERSIONS: versions.join(" ") },
});
process.exit(tests.status ?? 1);

/** The command that runs another in a namespace of its own, gone with it; `undefined` where there is none. */
function loopbackOnly() {
  if (process.platform !== "linux") return undefined;
  const asRoot = process.getuid() === 0 ? [] : ["--map-root-user"];
  const up = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh"];
  const enter = ["unshare", ...asRoot, "--net", ...up];
  const [command, ...args] = [...enter, "true"];
  return spawnSync(command, args, { stdio: "ignore" }).status === 0 ? enter : undefined;
}

function skip(why) {
  console.log(`SKIPPED test:codex: ${why}.`);
  process.exit(0);
}
