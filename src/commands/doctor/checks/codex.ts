import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import spawn from "cross-spawn";
import type { Environment } from "../../command.js";
import { findings, type Finding } from "../finding.js";
import { isOlder } from "./node.js";

/** The oldest Codex that codexcomp has been tried with. */
const OLDEST = "0.142.5";
const INSTALL = "npm install -g @openai/codex";
const PATIENCE_MS = 10_000;

/** Whether there is a Codex, and which. Its extensions for editors bring their own, which is not on `PATH`. */
export async function checkCodex(env: Environment, platform: NodeJS.Platform): Promise<Finding> {
  const { ok, warn } = findings("codex", "Codex");
  const path = findCodex(env, platform);
  if (!path) return warn("not found on PATH", INSTALL);
  const version = await codexVersion(path, env);
  if (!version) return warn(`${path} does not say its version`, INSTALL);
  if (isOlder(version, OLDEST))
    return warn(`${version}, older than any that codexcomp was tried with`, INSTALL);
  return ok(`${version} (${path})`);
}

/** The Codex that a shell would run. @returns its path */
export function findCodex(env: Environment, platform: NodeJS.Platform): string | undefined {
  return findOnPath("codex", env, platform);
}

/** What a Codex calls itself; `undefined` where it does not say. */
export async function codexVersion(path: string, env: Environment): Promise<string | undefined> {
  return /\d+\.\d+\.\d+\S*/.exec((await firstLine(path, env)) ?? "")?.[0];
}

function findOnPath(name: string, env: Environment, platform: NodeJS.Platform): string | undefined {
  const endings = platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  return (env["PATH"] ?? env["Path"] ?? "")
    .split(delimiter)
    .map((folder) => (platform === "win32" ? folder.replace(/^"(.*)"$/, "$1") : folder))
    .filter((folder) => folder !== "")
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function firstLine(path: string, env: Environment): Promise<string | undefined> {
  return new Promise((resolve) => {
    // cross-spawn, because what npm installs on Windows is a command file.
    const child = spawn(path, ["--version"], {
      ...{ timeout: PATIENCE_MS, windowsHide: true, env: { ...env } },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.once("error", () => resolve(undefined));
    // Of one that was ended, a process of its own may hold the pipe.
    child.once("exit", (code) => (code === 0 ? undefined : resolve(undefined)));
    child.once("close", () => resolve(stdout.split("\n")[0]));
  });
}
