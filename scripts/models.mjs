// `npm run docs:models`: docs/models.md, from the table in src/protocol/knownModels.ts.
import { writeFileSync } from "node:fs";
import { modelsPage } from "../dist/commands/help/modelsPage.js";

writeFileSync(new URL("../docs/models.md", import.meta.url), modelsPage());
