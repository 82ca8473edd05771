import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** The newest `openai` needs a Node of its own. */
export const SDK = { folder: "openai-7.57.0", packages: ["openai@7.57.0", "ws@8", "node@22"] };

/**
 * Installs what the tests run and is not there yet.
 *
 * @param {string} cache
 * @param {readonly string[]} versions of Codex
 * @returns {Promise<string | undefined>} why it could not be had
 */
export async function installed(cache, versions) {
  const wanted = [
    ...versions.map((version) => ({ folder: `codex-${version}`, packages: [`@openai/codex@${version}`] })),
    SDK,
  ];
  for (const { folder, packages } of wanted) {
    const target = join(cache, folder);
    if (existsSync(target)) continue;
    console.log(`installing ${packages.join(", ")} into ${target}`);
    const failure = await install(target, packages);
    if (failure) return failure;
  }
  return undefined;
}

/** In a folder beside it first: what was interrupted is not taken for whole later. */
async function install(target, packages) {
  const unfinished = `${target}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const args = [
    "install",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--loglevel",
    "error",
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--prefix",
    unfinished,
  ];
  const { code, output } = await run("npm", [...args, ...packages]);
  if (code === 0) {
    await rename(unfinished, target);
    return undefined;
  }
  await rm(unfinished, { recursive: true, force: true });
  if (!/E(AI_AGAIN|CONN\w+|NOTFOUND|TIMEDOUT|HOSTUNREACH|NETUNREACH|SOCKET\w*)/.test(output)) {
    console.error(output);
    process.exit(1);
  }
  return output.split("\n").find((line) => line.includes("code")) ?? "no network";
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
