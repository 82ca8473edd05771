import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asObject, parseJsonObject, type JsonObject } from "../../../../src/protocol/event.js";
import { apiKeyJson, chatgptJson } from "./login.js";

/** A scratch `CODEX_HOME`, and a folder for Codex to work in. */
export interface CodexHome {
  readonly home: string;
  readonly work: string;
  /** The lines that tools wrote to `steps.txt` in there. */
  steps(): Promise<readonly string[]>;
  /** The `token_count` events of all sessions, one a response. */
  tokenCounts(): Promise<readonly JsonObject[]>;
  remove(): Promise<void>;
}

/** How Codex is told where to connect: the built-in provider, or one of its own that is POST only. */
export type Path = "websocket" | "post";

/** How Codex is logged in. */
export type Login = "chatgpt" | "api-key";

export interface HomeOptions {
  /** Default: WebSocket. */
  readonly path?: Path;
  readonly login: Login;
  /** Where Codex finds the Responses API. Default: where it looks by itself. */
  readonly baseUrl?: string;
  readonly model?: string;
  /** Further lines for the top of `config.toml`. */
  readonly config?: readonly string[];
}

export async function codexHome({
  path = "websocket",
  login,
  baseUrl,
  model = "gpt-5.5",
  config = [],
}: HomeOptions): Promise<CodexHome> {
  const root = await mkdtemp(join(tmpdir(), "codexcomp-codex-"));
  const [home, work] = [join(root, "home"), join(root, "work")];
  await mkdir(home);
  await mkdir(work);
  await writeFile(
    join(home, "auth.json"),
    JSON.stringify(login === "chatgpt" ? chatgptJson() : apiKeyJson()),
  );
  const lines = [
    `model = "${model}"`,
    ...QUIET,
    ...config,
    ...(baseUrl === undefined ? [] : provider(path, baseUrl)),
    ...NO_EXTRAS,
  ];
  await writeFile(join(home, "config.toml"), `${lines.join("\n")}\n`);
  return {
    home,
    work,
    steps: async () => {
      const text = await readFile(join(work, "steps.txt"), "utf8").catch(() => "");
      return text.split("\n").filter((line) => line !== "");
    },
    tokenCounts: async () => {
      const files = await readdir(join(home, "sessions"), { recursive: true }).catch(() => []);
      const logs = await Promise.all(
        files
          .filter((name) => name.endsWith(".jsonl"))
          .map((name) => readFile(join(home, "sessions", name), "utf8")),
      );
      return logs
        .flatMap((log) => log.split("\n"))
        .map((line) => asObject(parseJsonObject(line)?.["payload"]))
        .filter((payload) => payload !== undefined)
        .filter(({ type }) => type === "token_count");
    },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Nothing here may wait for a network that is not there: port 9 refuses at once, where DNS takes seconds to fail. */
const QUIET = [
  'cli_auth_credentials_store = "file"',
  "check_for_update_on_startup = false",
  'chatgpt_base_url = "http://127.0.0.1:9/backend-api"',
];

const NO_EXTRAS = ["[features]", "apps = false", "plugins = false", "[analytics]", "enabled = false"];

/**
 * The built-in provider takes WebSocket first. A provider of one's own takes POST; named `OpenAI` its bodies are
 * zstd-compressed, as the built-in one's are after it fell back to POST (seen).
 */
function provider(path: Path, baseUrl: string): string[] {
  if (path === "websocket") return [`openai_base_url = "${baseUrl}"`];
  return [
    'model_provider = "posting"',
    "[model_providers.posting]",
    'name = "OpenAI"',
    `base_url = "${baseUrl}"`,
    'wire_api = "responses"',
    "requires_openai_auth = true",
    "supports_websockets = false",
  ];
}
