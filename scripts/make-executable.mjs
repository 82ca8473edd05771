// Bundles the executables, with what they need of other packages: a program of a few files starts in half the time that
// hundreds take. The library stays as tsc made it, and leaves its dependencies to npm. Runs after tsc.
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const rxjs = `${root}node_modules/rxjs/dist/esm`;

/**
 * Leaves out what would only be loaded: of undici all but the client; of meow what reads and checks a package.json, which
 * it is never asked for.
 */
const trimmed = {
  name: "trimmed",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: `${root}scripts/bundled/undici.js` }));
    onResolve({ filter: /^\.\/dependencies\.js$/ }, ({ importer }) =>
      /meow.build.options\.js$/.test(importer) ? { path: `${root}scripts/bundled/meow.js` } : undefined,
    );
    // These parts were CommonJS once, and are started whether or not somebody uses them.
    onLoad({ filter: /meow.build.dependencies\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(
        /^((?:var|const) \w+ = )(require\w+\(\)|getDefaultExportFromCjs\(\w+\));$/gm,
        "$1/* @__PURE__ */ $2;",
      ),
    }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: {
    cli: "src/cli.ts",
    codexcompw: "src/codexcompw.ts",
    // What is loaded by its address, from beside the file that does.
    "program/worker": "src/commands/page/server/work/worker.ts",
    "program/resolve": "src/options/modules/resolve.js",
  },
  outdir: "dist",
  chunkNames: "program/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20.18",
  // Only ES modules can be bundled without what nobody uses of them, and Node is not offered RxJS' own.
  mainFields: ["module", "main"],
  alias: { rxjs: `${rxjs}/index.js`, "rxjs/testing": `${rxjs}/testing/index.js` },
  plugins: [trimmed],
  // Packages that are CommonJS ask for Node's modules by it.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  legalComments: "none", // see licenses()
  metafile: true,
  logLevel: "warning",
});

for (const program of ["cli", "codexcompw"]) chmodSync(`${root}dist/${program}.js`, 0o755);
writeFileSync(`${root}dist/program/LICENSES.txt`, licenses(Object.keys(metafile.inputs)));

/** The licenses of all packages that were bundled, which ask to go along. */
function licenses(inputs) {
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)]
    .sort()
    .map(licenseOf)
    .join(`\n${"-".repeat(80)}\n\n`);
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"));
  const texts = readdirSync(root + folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) => `${folder}/${file}`);
  // meow has its own dependencies in it.
  const more = [`${folder}/build/licenses.md`].filter((file) => existsSync(root + file));
  const all = [...texts, ...more].map((file) => `\n${readFileSync(root + file, "utf8").trim()}\n`);
  return `${name} ${version} (${license})\n${all.join("")}`;
}
