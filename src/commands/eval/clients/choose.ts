import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codexVersion, findCodex } from "../../doctor/checks/codex.js";
import { UsageError, type Environment } from "../../command.js";
import { builtInClient } from "./builtIn.js";
import type { Client } from "./client.js";
import { codexClient } from "./codex.js";

/**
 * The user's own Codex, with the user's own login.
 *
 * @throws UsageError where there is none on PATH
 */
export async function realClient(env: Environment): Promise<Client> {
  const path = findCodex(env, process.platform);
  if (path === undefined)
    throw new UsageError("there is no codex on PATH: npm install -g @openai/codex, then codex login");
  return codexClient({ path, version: await versionOf(path, env), env });
}

/** The Codex on PATH with a login that is none, in a folder of its own; else the built-in client. */
export async function rehearsalClient(env: Environment): Promise<Client> {
  const path = findCodex(env, process.platform);
  if (path === undefined) return builtInClient();
  const scratch = await mkdtemp(join(tmpdir(), "codexcomp-rehearsal-"));
  await writeFile(
    join(scratch, "auth.json"),
    JSON.stringify({ auth_mode: "apikey", OPENAI_API_KEY: "rehearsal" }),
  );
  await writeFile(join(scratch, "config.toml"), OFFLINE.join("\n"));
  const own = { HOME: scratch, CODEX_HOME: scratch, OPENAI_API_KEY: undefined, CODEX_API_KEY: undefined };
  return codexClient({ path, version: await versionOf(path, env), env: { ...env, ...own }, scratch });
}

/** Nothing leaves the machine: port 9 refuses at once. */
const OFFLINE = [
  'cli_auth_credentials_store = "file"',
  "check_for_update_on_startup = false",
  'chatgpt_base_url = "http://127.0.0.1:9/backend-api"',
  "[features]",
  "apps = false",
  "plugins = false",
  "[analytics]",
  "enabled = false",
  "",
];

async function versionOf(path: string, env: Environment): Promise<string> {
  return (await codexVersion(path, env)) ?? "unknown";
}
