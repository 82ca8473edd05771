import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** How long a program may take to end with its test, in milliseconds. */
const PATIENCE = 3000;

/** A program that runs in the foreground, gone with the test. */
export interface Program {
  readonly child: ChildProcess;
  /** All that it has said so far. */
  readonly said: () => string;
  /** Waits for it to say something. @throws with all that it said, where it ends instead */
  says(pattern: RegExp): Promise<void>;
  /** Ends it, by SIGTERM. @returns its exit code, or the signal that it died of */
  stop(): Promise<number | NodeJS.Signals | null>;
}

export function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], ...env },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      child.emit("said");
    });
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  let isOver = false;
  void exited.then(() => {
    isOver = true;
    child.emit("said");
  });
  const stop = async (): Promise<number | NodeJS.Signals | null> => {
    child.kill("SIGTERM");
    const [code, signal] = await exited;
    return code ?? signal;
  };
  onTestFinished(async () => {
    // By SIGKILL, nginx would leave its workers behind.
    child.kill("SIGTERM");
    const patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    await exited;
    clearTimeout(patience);
  });
  return {
    ...{ child, stop, said: () => text },
    says: async (pattern) => {
      while (!pattern.test(text)) {
        if (isOver) throw new Error(`${command} ended: ${text}`);
        await once(child, "said");
      }
    },
  };
}

/** Whether there is such a program; where there is none, says so, and how to get it. */
export function hasProgram(name: string, debianPackage: string): boolean {
  const there = spawnSync(name, ["-v"]).error === undefined;
  if (!there) console.log(`SKIPPED: there is no ${name} on the PATH (Debian: apt install ${debianPackage})`);
  return there;
}

/** So many ports that nobody has at the moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) server.close();
  await Promise.all(servers.map((server) => once(server, "close")));
  return ports;
}

/** Asks until the answer is as it should be. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await sleep(50);
}
