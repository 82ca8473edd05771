// `npm run docs:dependencies`: docs/dependencies.md, from package.json, the lock file and the reasons below.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Why each package that users install is there. */
export const REASONS = {
  "cross-spawn": "starts Codex where npm has installed it as a command file (Windows)",
  diff: "what `wire --dry-run` and `unwire --dry-run` show",
  "eventsource-parser": "takes streams of server-sent events apart",
  "fast-wrap-ansi": "wraps lines with colours in them to the terminal's width",
  fzstd: "unpacks zstd, in which Codex sends its bodies, where Node cannot (before 22.15)",
  leven: "did you mean --port?",
  meow: "reads the command line",
  "prom-client": "`/metrics`",
  "pure-rand": "the same puzzles for the same seed, in every version of Node (`eval`)",
  rxjs: "what the program is made of",
  "smol-toml": "reads Codex' `config.toml`",
  socks: "SOCKS proxies on the way to the upstream",
  undici: "calls to the upstream, also through HTTP proxies",
  ws: "WebSockets, to clients and to the upstream",
};

/** What may be used without asking: permissive, and known to every lawyer. */
const ALLOWED = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"]);

/** What is needed to build and to test only; part of none of it is installed by users. */
const ALLOWED_TO_BUILD = new Set([...ALLOWED, "BlueOak-1.0.0", "CC-BY-4.0", "MPL-2.0", "Python-2.0"]);

/**
 * The page. No versions, which the lock file has: so it is stale only where a package comes or goes.
 *
 * @param manifest package.json
 * @param lock package-lock.json
 * @param {Readonly<Record<string, string>>} reasons by package
 * @throws Error for a package without a reason, a reason without a package, and a license that is not allowed
 */
export function dependenciesPage(manifest, lock, reasons = REASONS) {
  const direct = Object.keys(manifest.dependencies);
  const differing = [
    ...direct.filter((name) => !reasons[name]).map((name) => `${name} has no reason`),
    ...Object.keys(reasons)
      .filter((name) => !direct.includes(name))
      .map((name) => `${name} has a reason, and is no dependency`),
  ];
  const installed = Object.entries(lock.packages).filter(([path]) => path !== "");
  const licenseOf = (path) => lock.packages[path].license ?? "none";
  const refused = installed
    .filter(([path, { dev }]) => !isOneOf(dev ? ALLOWED_TO_BUILD : ALLOWED, licenseOf(path)))
    .map(([path]) => `${path} has the license ${licenseOf(path)}, which is not allowed`);
  if (differing.length + refused.length > 0) {
    throw new Error([...differing, ...refused].join("\n"));
  }

  const others = installed.filter(([path, { dev, peer }]) => !dev && !peer && !direct.includes(nameOf(path)));
  const wantedBy = (name) =>
    installed
      .filter(([, { dev, dependencies = {} }]) => !dev && name in dependencies)
      .map(([path]) => nameOf(path));
  return `# What codexcomp depends on

<!-- Made by "npm run docs:dependencies" from package.json, package-lock.json and scripts/dependencies.mjs. -->

Installing codexcomp brings ${direct.length + others.length} packages. None of them runs a script when it is installed, and the lock file pins each by its
hash. A test holds this page to that file, and refuses a package without a reason and a license that is not one of
${[...ALLOWED].join(", ")}.

| package | license | why |
|---|---|---|
${direct.map((name) => `| ${linked(name)} | ${licenseOf(`node_modules/${name}`)} | ${reasons[name]} |`).join("\n")}

And what those bring:

| package | license | for |
|---|---|---|
${others.map(([path]) => `| ${linked(nameOf(path))} | ${licenseOf(path)} | ${wantedBy(nameOf(path)).join(", ")} |`).join("\n")}

\`codexcomp/testing/vitest\` uses the \`vitest\` that is there. The live page has Preact and RxJS built in; [NOTICE](../NOTICE)
has their licenses. The executables have built in what they need of the packages above, with the licenses in
\`dist/program/LICENSES.txt\`: a newer version of one of them comes with a newer codexcomp; the library takes those that npm
has installed.

What builds and tests it (\`devDependencies\` in [package.json](../package.json)) is not installed by users; there, the test
takes ${[...ALLOWED_TO_BUILD].filter((license) => !ALLOWED.has(license)).join(", ")} as well.

Known holes in any of them are looked for with \`npm audit\` each week and before each release (\`.github/workflows\`). One
in what users install stops the release.
`;
}

/** `(MIT OR GPL-3.0)` leaves the choice. */
function isOneOf(allowed, license) {
  return license
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((each) => allowed.has(each));
}

function nameOf(path) {
  return path.replace(/^.*node_modules\//, "");
}

function linked(name) {
  return `[${name}](https://www.npmjs.com/package/${name})`;
}

const root = new URL("../", import.meta.url);

/** package.json and package-lock.json of this folder. */
export async function ownManifests() {
  const read = async (name) => JSON.parse(await readFile(new URL(name, root), "utf8"));
  return [await read("package.json"), await read("package-lock.json")];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(new URL("docs/dependencies.md", root), dependenciesPage(...(await ownManifests())));
}
