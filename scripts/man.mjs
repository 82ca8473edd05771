// Writes man/codexcomp.1 from the built command table; run it with `npm run man`.
import { mkdirSync, writeFileSync } from "node:fs";
import { manPage } from "../dist/commands/help/manPage.js";
import { commands } from "../dist/commands/index.js";

mkdirSync("man", { recursive: true });
writeFileSync("man/codexcomp.1", manPage(commands));
