import { chmodSync } from "node:fs";

for (const program of ["cli", "codexcompw"]) chmodSync(`dist/${program}.js`, 0o755);
