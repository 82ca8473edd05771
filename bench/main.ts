import os from "node:os";
import { parts } from "./parts/index.js";
import { head, heading, rowLine } from "./measure/table.js";

/**
 * Measures what the proxy costs beside going direct and beside the barest proxy that Node can be.
 *
 * `npm run bench` runs all parts, `npm run bench -- post-cpu ws-cpu` some, `--quick` takes a quick look. The numbers
 * are for reading: a missed goal is marked and is no failure.
 */
const words = process.argv.slice(2);
const quick = words.includes("--quick");
const chosen = words.filter((word) => word !== "--quick");
const unknown = chosen.filter((word) => !parts.some(({ name }) => name === word));

if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(", ")}. Parts: ${parts.map(({ name }) => name).join(", ")}.`);
  process.exitCode = 2;
} else {
  const cores = os.availableParallelism();
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}, ${cores} cores\n`);
  console.log(head());
  for (const part of parts) {
    if (chosen.length > 0 && !chosen.includes(part.name)) continue;
    console.log(heading(part.title));
    for (const row of await part.run({ quick })) console.log(rowLine(row));
  }
}
