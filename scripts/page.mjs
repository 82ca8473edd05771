// Builds the live page into one file: script, style and document. Runs after tsc, whose output has the colours.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { chartStyle, colours } from "../dist/charts/style.js";

/** In bytes, gzipped. */
const LARGEST = 120 * 1024;

const target = ["chrome111", "firefox115", "safari16.4"];
const source = (name) => fileURLToPath(new URL(`../src/page/${name}`, import.meta.url));

const bundle = await build({
  entryPoints: [source("main.tsx")],
  tsconfig: source("tsconfig.json"),
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target,
  conditions: ["es2015"],
  legalComments: "none",
  logLevel: "warning",
});
const css = `${colours}${readFileSync(source("page.css"), "utf8")}${chartStyle}`;
const style = await transform(css, { loader: "css", minify: true, target });
const script = bundle.outputFiles[0].text;

const page = readFileSync(source("page.html"), "utf8")
  .replace(/\s*\/\* style \*\/\s*/, () => style.code.trim())
  .replace(/\s*\/\* script \*\/\s*/, () => script.trim());
const size = gzipSync(page).length;
if (size > LARGEST) {
  console.error(`the page is ${size} bytes gzipped, more than ${LARGEST}`);
  process.exit(1);
}
mkdirSync("dist/page", { recursive: true });
writeFileSync("dist/page/page.html", page);
