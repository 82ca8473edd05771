import { fileURLToPath } from "node:url";
import type { Launch } from "../../src/service/launch.js";

/** Arguments that want escaping. */
export const HOSTILE = [
  "$HOME ${PATH}",
  "100% %h",
  'a "b" c',
  "it's",
  "back\\slash \\n",
  ";",
  "",
  "tab\there",
  "line\nbreak",
  "é ☃",
  "-x=y",
];

/** How a service starts something that tells with what it was started. */
export const launch = (more: Partial<Launch> = {}): Launch => ({
  node: process.execPath,
  script: fileURLToPath(new URL("../e2e/systemd/fakeProxy.mjs", import.meta.url)),
  args: ["run", "--port=8787"],
  variables: {},
  ...more,
});
