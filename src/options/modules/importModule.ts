import { existsSync } from "node:fs";
import nodeModule from "node:module";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { otherThanFile } from "../../files/regularFile.js";
import { READING, resolve } from "./resolve.js";

/** A user's module that cannot be used. The message names the file. */
export class UnusableModule extends Error {
  override readonly name = "UnusableModule";
}

/**
 * Imports a user's module.
 *
 * @param path absolute
 * @param name what messages call it
 * @param reading how often it was read before: each number reads it anew, with all that it imports outside node_modules
 * @throws {UnusableModule}
 */
export async function importModule(
  path: string,
  name: string,
  reading = 0,
): Promise<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) throw new UnusableModule(`${name}: there is no such file`);
  const other = otherThanFile(path);
  if (other) throw new UnusableModule(`${name} is ${other}, not a file`);
  if (isTypeScript(path) && !nodeReadsTypeScript()) throw new UnusableModule(`${name}: ${NO_TYPESCRIPT}`);
  installHook();
  try {
    return exportsOf((await import(urlOf(path, reading))) as Record<string, unknown>);
  } catch (error) {
    throw new UnusableModule(`${name} cannot be loaded: ${describe(error)}${hint(path, error)}`, {
      cause: error,
    });
  }
}

/** TypeScript makes CommonJS of ES modules where package.json says so, and then Node gives its exports as the default. */
function exportsOf(module: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { default: inner } = module;
  const isCompiled = typeof inner === "object" && inner !== null && "__esModule" in inner;
  return isCompiled ? (inner as Record<string, unknown>) : module;
}

/** Node reads a file anew where its URL is another. */
function urlOf(path: string, reading: number): string {
  const url = pathToFileURL(path);
  if (reading > 0) url.searchParams.set(READING, String(reading));
  return url.href;
}

let installed = false;

/** Puts the hook in place, once a process. */
function installHook(): void {
  if (installed) return;
  installed = true;
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: object) => void }; // Node 22.15 on
  if (registerHooks) registerHooks({ resolve });
  else nodeModule.register(new URL("./resolve.js", import.meta.url));
}

const NO_TYPESCRIPT = `Node ${process.versions.node} reads no TypeScript; use Node 22.18 or later, or write JavaScript, where a comment gives the same types: /** @type {import("codexcomp").Config} */`;

/** Node strips types by itself since 22.18 and 23.6 (before that, with a flag). */
export function nodeReadsTypeScript(): boolean {
  return Boolean((process.features as { typescript?: string | false }).typescript);
}

function isTypeScript(path: string): boolean {
  return [".ts", ".mts", ".cts"].includes(extname(path));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message}`;
}

/** The endings that package.json has a say in, and those that it has not. */
const ES_MODULE: Readonly<Record<string, string>> = { ".js": ".mjs", ".ts": ".mts" };

function hint(path: string, error: unknown): string {
  if (!(error instanceof SyntaxError)) return "";
  const { [extname(path)]: ending } = ES_MODULE;
  if (ending && /Unexpected token 'export'|import statement outside/.test(error.message)) {
    return `; rename it to end in ${ending}, or put "type": "module" into package.json`;
  }
  return /does not provide an export/.test(error.message) ? "" : `; "node --check ${path}" shows where`;
}
