import { join } from "node:path";
import { readWholeFile } from "../../../files/regularFile.js";
import { parseJsonObject } from "../../../protocol/event.js";
import { ignoreMissing } from "../../../service/atomicFile.js";
import type { Environment } from "../../command.js";
import { codexHomeOf, configPathOf } from "../../wire/codexHome.js";
import { parseConfig } from "../../../codex/config/config.js";
import { readConfigFile } from "../../../codex/config/configFile.js";
import { findings, type Finding } from "../finding.js";

/** How Codex is logged in: the kind of it, and nothing that is in it. */
export interface Login {
  readonly kind: "chatgpt" | "apiKey" | "other" | "keyring" | "unreadable" | "none";
  /** Where it was found. */
  readonly where: string;
}

/** Reads which kind of credentials there are in `auth.json`, as Codex tells them apart (codex-rs, login/auth/storage). */
export async function loginOf(codexHomeFlag: string | undefined, env: Environment): Promise<Login> {
  const codexHome = codexHomeOf(codexHomeFlag, env);
  const where = join(codexHome, "auth.json");
  const text = await readWholeFile(where)
    .then(String)
    .catch(ignoreMissing)
    .catch(() => "");
  if (text !== undefined) return { kind: kindOf(text), where };
  if (await usesKeyring(codexHome)) return { kind: "keyring", where: "the system's keyring" };
  const variable = ["CODEX_API_KEY", "OPENAI_API_KEY"].find((name) => env[name]);
  return variable ? { kind: "apiKey", where: variable } : { kind: "none", where };
}

export function checkLogin({ kind, where }: Login): Finding {
  const { ok, warn } = findings("login", "Login");
  if (kind === "none") return warn(`none (no ${where})`, "codex login");
  if (kind === "unreadable") return warn(`${where} cannot be read`, "codex login");
  if (kind === "keyring") return ok("kept in the system's keyring, which is not looked at");
  const names = { chatgpt: "ChatGPT", apiKey: "API key", other: "of another kind" };
  return ok(`${names[kind]} (${where})`);
}

function kindOf(text: string): Login["kind"] {
  const auth = parseJsonObject(text);
  const mode = String(auth?.["auth_mode"] ?? "").toLowerCase();
  if (!auth) return "unreadable";
  if (mode.startsWith("chatgpt")) return "chatgpt";
  if (mode === "apikey") return "apiKey";
  if (mode !== "") return "other";
  if (auth["OPENAI_API_KEY"]) return "apiKey";
  return auth["tokens"] ? "chatgpt" : "other";
}

async function usesKeyring(codexHome: string): Promise<boolean> {
  try {
    const config = parseConfig((await readConfigFile(configPathOf(codexHome))).text);
    return ["keyring", "auto"].includes(String(config["cli_auth_credentials_store"]));
  } catch {
    return false;
  }
}
