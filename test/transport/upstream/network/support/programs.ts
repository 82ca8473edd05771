import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../../support/upstreams.js";

/** A real proxy that runs, on loopback. */
export interface RunningProxy {
  readonly port: number;
  /** The address that its connections come from. */
  readonly from: string;
  stop(): Promise<void>;
}

/** The proxies' users, as they stand in a URL. tinyproxy's configuration knows letters and digits only. */
export const users = { tinyproxy: "me:password1", microsocks: "me:p%40ss%2Fw%3Ard" } as const;

/** What to say where a test needs a program that is not installed; `undefined` where it is. */
export function whyMissing(program: "tinyproxy" | "microsocks" | "openssl"): string | undefined {
  const { error } = spawnSync(program, ["-h"]);
  return error ? `${program} is not installed (Debian package ${program})` : undefined;
}

/** Starts tinyproxy, an HTTP proxy. */
export async function tinyproxy(folder: string, withUser = false): Promise<RunningProxy> {
  const port = await freePort();
  const from = withUser ? "127.0.0.3" : "127.0.0.2";
  const file = join(folder, `tinyproxy-${port}.conf`);
  const settings = [`Port ${port}`, "Listen 127.0.0.1", `Bind ${from}`, "Timeout 60", "LogLevel Error"];
  if (withUser) settings.push(`BasicAuth ${users.tinyproxy.replace(":", " ")}`);
  writeFileSync(file, `${settings.join("\n")}\n`);
  return running(spawn("tinyproxy", ["-d", "-c", file], { stdio: "ignore" }), port, from);
}

/** Starts microsocks, a SOCKS 5 proxy. */
export async function microsocks(withUser = false): Promise<RunningProxy> {
  const port = await freePort();
  const from = withUser ? "127.0.0.5" : "127.0.0.4";
  const args = ["-i", "127.0.0.1", "-p", String(port), "-b", from];
  if (withUser) args.push("-u", "me", "-P", "p@ss/w:rd");
  return running(spawn("microsocks", args, { stdio: "ignore" }), port, from);
}

async function running(child: ChildProcess, port: number, from: string): Promise<RunningProxy> {
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    await delay(20);
  }
  return {
    port,
    from,
    stop: async () => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
