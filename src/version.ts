import { createRequire } from "node:module";

/** This package's version, from its own `package.json`, wherever below it this file was compiled to. */
export const packageVersion: string = (
  createRequire(import.meta.url)("codexcomp/package.json") as { version: string }
).version;
