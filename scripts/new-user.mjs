// Does what docs/writing-operators.md tells its reader, as a reader would: with the packed tarball, in an empty folder, in
// JavaScript and in TypeScript; and looks at the effect through the OpenAI SDK. Needs a build.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { SDK, installed } from "../test/e2e/codex/installing.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "codexcomp-test");
const scratch = mkdtempSync(join(tmpdir(), "codexcomp-new-user-"));
const folder = join(scratch, "my-operators");
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

// The SDK is the client that looks at the effect; it stays in the cache of the tests with real clients.
const missing = await installed(cache, []);
if (missing) console.log(`no OpenAI SDK (${missing}): the effects are not looked at`);
await step("install", async () => {
  const [packed] = JSON.parse(
    await run("npm", ["pack", "--silent", "--json", "--pack-destination", scratch], root),
  );
  mkdirSync(folder);
  await run("npm", ["init", "-y"]);
  const { vitest, "@types/node": types, "@typescript/native": typescript } = devDependencies;
  const others = [`vitest@${vitest}`, typescript.replace("npm:", ""), `@types/node@${types}`];
  const quietly = ["--save-dev", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", ...quietly, join(scratch, packed.filename), "rxjs", ...others]);
});

await step("JavaScript: the page's operator and its tests", async () => {
  const page = readFileSync(join(root, "docs/writing-operators.md"), "utf8");
  for (const name of ["plainDashes.mjs", "plainDashes.test.mjs", "plainDashes.test.ts"]) {
    writeFileSync(join(folder, name), snippet(page, name));
  }
  await run(process.execPath, ["--test", "plainDashes.test.mjs"]);
  await run("npx", ["vitest", "run", "plainDashes.test.ts"]);
});
await step("JavaScript: its effect", () => effectOf("./plainDashes.mjs"));

await step("TypeScript: an operator from the template, its types and its test", async () => {
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    ...{ target: "es2023", module: "nodenext", types: ["node"] },
    ...{ rewriteRelativeImportExtensions: true, rootDir: ".", outDir: "compiled" },
  };
  // Without skipLibCheck, so that codexcomp's own declarations are checked as well.
  const tsconfig = { compilerOptions, files: ["noDashes.mts", "noDashes.test.mts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  await run("npx", ["codexcomp", "new-operator", "no-dashes", "--language", "ts", "--runner", "node"]);
  await run("npx", ["tsc"]);
  await run(process.execPath, ["--test", "compiled/noDashes.test.mjs"]);
});
await step("TypeScript: its effect", () =>
  effectOf(process.features.typescript ? "./noDashes.mts" : "./compiled/noDashes.mjs"),
);

/** Runs the proxy with the operator, in front of a model that likes long dashes, and asks it as a program would. */
async function effectOf(module) {
  if (missing) return;
  const kit = await import(pathToFileURL(join(folder, "node_modules/codexcomp/dist/testing/index.js")).href);
  const cut = kit.round().reasoning(516).message("29 \u2014 surely").completed();
  const whole = kit.round().reasoning(300).message("21 \u2014 surely").completed();
  const upstream = await kit.simulatedUpstream({ script: [cut, whole] });
  const proxy = spawn(
    "npx",
    ["codexcomp", "run", "--port", "0", "--upstream", upstream.url, "--use", module],
    {
      cwd: folder,
      env: { ...process.env, CODEXCOMP_NO_JOURNAL: "1", CODEXCOMP_PROXY: "none" },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    },
  );
  try {
    const answer = await ask(await urlOf(proxy));
    if (answer !== "21 - surely, 21 - surely") throw new Error(`the client got: ${answer}`);
  } finally {
    process.kill(-proxy.pid, "SIGKILL");
    await upstream.close();
  }
}

/** @returns the answer as it streamed, and as it was in the end */
function ask(baseUrl) {
  const program = `
    import OpenAI from "openai";
    const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)}, apiKey: "key-of-the-test", maxRetries: 0 });
    const stream = client.responses.stream({ model: "gpt-5.5", input: "How many?", reasoning: { effort: "high" } });
    let streamed = "";
    stream.on("response.output_text.delta", ({ delta }) => (streamed += delta));
    const { output_text } = await stream.finalResponse();
    process.stdout.write(streamed + ", " + output_text);`;
  const sdk = join(cache, SDK.folder);
  return run(join(sdk, "node_modules/.bin/node"), ["--input-type=module", "-e", program], sdk);
}

/** Waits for the proxy's base URL. */
async function urlOf(proxy) {
  const said = [];
  for await (const line of createInterface(proxy.stderr)) {
    said.push(line);
    const [, url] = /openai_base_url = "(\S+)"/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error(`the proxy did not start: ${said.join("\n")}`);
}

/** A file that the page has its reader write. */
function snippet(page, name) {
  const [, text] = page.split(`\n// ${name}\n`);
  if (text === undefined) throw new Error(`the page has no ${name}`);
  return text.slice(0, text.indexOf("\n```"));
}

/** @returns what it writes to stdout; where it fails, all that it says is shown */
async function run(command, args, cwd = folder) {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, timeout: 120_000 });
    return stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")}\n${error.stdout}${error.stderr}`, { cause: error });
  }
}

async function step(name, act) {
  const begun = performance.now();
  await act();
  console.log(`${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
