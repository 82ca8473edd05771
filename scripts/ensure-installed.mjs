// Installs the dependencies when they are missing or older than the lockfile, so that
// `npm run demo` and `npm test` are each the only command a fresh clone needs.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";

const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (modified("node_modules/.package-lock.json") < modified("package-lock.json")) {
  console.error("installing dependencies (npm ci) ...");
  const { status } = spawnSync("npm ci --no-audit --no-fund --loglevel=error", {
    shell: true,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
