// Writes the tables of docs/metrics.md from the built definitions; run it with `npm run docs:metrics`.
import { readFileSync, writeFileSync } from "node:fs";
import { metricsTables } from "../dist/metrics/table.js";

const page = readFileSync("docs/metrics.md", "utf8");
const tables = await metricsTables();
writeFileSync(
  "docs/metrics.md",
  page.replace(
    /(<!-- npm run docs:metrics .*-->\n)[^]*(<!-- end -->)/,
    (_, begin, end) => `${begin}\n${tables}\n\n${end}`,
  ),
);
