// Writes test/fixtures/*.sse from their rounds. Needs a build.
import { writeFileSync } from "node:fs";
import { round } from "../dist/testing/index.js";
import { fixtures } from "../test/fixtures/rounds.mjs";

for (const [name, body] of Object.entries(fixtures(round))) {
  writeFileSync(new URL(`../test/fixtures/${name}.sse`, import.meta.url), body);
}
