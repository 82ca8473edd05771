import { readdir, readFile, readlink } from "node:fs/promises";
import { runTool } from "../../../service/tool.js";
import { packageVersion } from "../../../version.js";
import type { Environment } from "../../command.js";
import type { Address, Listener } from "../../wire/health.js";
import { findings, type Finding } from "../finding.js";

interface PortSituation {
  readonly address: Address;
  readonly listener: Listener;
  readonly isWired: boolean;
  /** The command that brings this port and the installed service together. */
  readonly mend: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
}

/** Who has the port. */
export async function checkPort(situation: PortSituation): Promise<Finding> {
  const { address, listener, isWired, mend, platform, env } = situation;
  const { port } = address;
  const { ok, warn, fail } = findings("port", `Port ${port}`);
  if (listener.kind === "nobody") {
    return isWired
      ? fail("Codex is wired to it, and nothing runs there", mend ?? `codexcomp run --port ${port}`)
      : ok("free");
  }
  if (listener.kind === "other") {
    const owner = await portOwner(port, platform, env);
    return fail(`taken by ${owner ?? "another program"}`, "codexcomp run --auto-port");
  }
  const who = `codexcomp ${listener.version} (upstream ${listener.upstream})`;
  if (listener.version !== packageVersion) {
    return warn(`${who}, while this is ${packageVersion}: stop it and start this one`, mend);
  }
  return ok(who);
}

/**
 * The process that listens on a TCP port, as `node (process 4711)`.
 *
 * @returns `undefined` where it cannot be told: other users' processes are not shown to us
 */
export async function portOwner(
  port: number,
  platform: NodeJS.Platform,
  env: Environment,
): Promise<string | undefined> {
  const owner = await ownerOn(port, platform, env).catch(() => undefined);
  return owner && `${owner.name} (process ${owner.pid})`;
}

interface Owner {
  readonly name: string;
  readonly pid: number;
}

async function ownerOn(
  port: number,
  platform: NodeJS.Platform,
  env: Environment,
): Promise<Owner | undefined> {
  if (platform === "linux") return linuxOwner(port);
  if (platform === "win32") return windowsOwner(port, env);
  const { stdout } = await runTool("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], env);
  return lsofOwner(stdout);
}

/** Reads `lsof -Fpc`: a line `p4711`, then a line `cnode`. */
export function lsofOwner(output: string): Owner | undefined {
  const found = /^p(\d+)\nc(.+)$/m.exec(output);
  return found ? { pid: Number(found[1]), name: String(found[2]) } : undefined;
}

async function linuxOwner(port: number): Promise<Owner | undefined> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const inode = tables.map((table) => listeningInode(table, port)).find((each) => each !== undefined);
  if (inode === undefined) return undefined;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const handle of handles) {
      if ((await readlink(`/proc/${pid}/fd/${handle}`).catch(() => "")) !== `socket:[${inode}]`) continue;
      return { pid: Number(pid), name: (await readFile(`/proc/${pid}/comm`, "utf8")).trim() };
    }
  }
  return undefined;
}

/** The inode of the socket that listens on a port, from a table of proc(5). */
export function listeningInode(table: string, port: number): string | undefined {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  for (const line of table.split("\n")) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === "0A" && local?.endsWith(`:${hex}`)) return inode;
  }
  return undefined;
}

async function windowsOwner(port: number, env: Environment): Promise<Owner | undefined> {
  const pid = netstatPid((await runTool("netstat", ["-ano", "-p", "TCP"], env)).stdout, port);
  if (pid === undefined) return undefined;
  const list = await runTool("tasklist", ["/FI", `PID eq ${pid}`, "/FO", "CSV", "/NH"], env);
  return { pid, name: /^"([^"]+)"/.exec(list.stdout)?.[1] ?? "a program" };
}

/** The process that listens on a port, from `netstat -ano`. Its words are translated, so the shape must do. */
export function netstatPid(output: string, port: number): number | undefined {
  for (const line of output.split(/\r?\n/)) {
    const found = /^\s*TCP\s+\S+:(\d+)\s+\S+:0\s+\S+\s+(\d+)\s*$/.exec(line);
    if (Number(found?.[1]) === port) return Number(found?.[2]);
  }
  return undefined;
}
