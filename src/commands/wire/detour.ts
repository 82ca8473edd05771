import type { Environment } from "../command.js";

/** A variable that makes Codex look for the local proxy at a proxy elsewhere, and the command that stops it. */
export interface Detour {
  readonly variable: string;
  readonly fix: string;
}

/**
 * Codex sends everything to `HTTP_PROXY` or `ALL_PROXY`, its calls to 127.0.0.1 included, unless `NO_PROXY` lists that
 * very address. Seen with 0.142.5 and 0.169.0: `localhost` in the list does not help, `127.0.0.0/8` not the WebSocket,
 * and `*` not the POST; `HTTPS_PROXY` does no harm.
 */
export function detourOf(env: Environment): Detour | undefined {
  const variable = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].find((name) => env[name]?.trim());
  if (!variable) return undefined;
  const lists = ["no_proxy", "NO_PROXY"].filter((name) => env[name]?.trim());
  const short = lists.filter((name) => !entries(env[name]).includes("127.0.0.1"));
  if (lists.length > 0 && short.length === 0) return undefined;
  const [name = "NO_PROXY"] = short;
  return {
    variable,
    fix: lists.length === 0 ? `export ${name}=127.0.0.1` : `export ${name}="$${name},127.0.0.1"`,
  };
}

function entries(text: string | undefined): string[] {
  return (text ?? "").split(",").map((entry) => entry.trim());
}
