// Runs npm scripts side by side, as many at once as there are cores. Each one's output comes when it has ended.
// usage: together.mjs SCRIPT...
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";

const waiting = process.argv.slice(2);

async function work() {
  for (let script = waiting.shift(); script; script = waiting.shift()) {
    // A shell, for npm is a command file on Windows.
    const child = spawn(`npm run --silent ${script}`, { shell: true, stdio: ["ignore", "pipe", "pipe"] });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(chunk));
    const [code] = await once(child, "close");
    process.stdout.write(Buffer.concat(output));
    if (code === 0) continue;
    console.error(`npm run ${script} failed`);
    process.exitCode = 1;
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
