import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser's program; `CHROMIUM` names another. `undefined` where there is none. */
export const program = findProgram(process.env);

function findProgram({ CHROMIUM: named, PATH = "" }: NodeJS.ProcessEnv): string | undefined {
  if (named && !existsSync(named)) throw new Error(`there is no CHROMIUM=${named}`);
  const folders = PATH.split(delimiter).filter((folder) => folder !== "");
  return named || folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(existsSync);
}
