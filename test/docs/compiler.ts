import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

/** What the TypeScript compiler says in a folder. */
export async function complaints(folder: string, args: readonly string[]): Promise<string> {
  const compiler = resolve("node_modules/@typescript/native/bin/tsc");
  const child = spawn(process.execPath, [compiler, ...args], { cwd: folder });
  const [said] = await Promise.all([text(child.stdout), once(child, "close")]);
  return said;
}
