import type { Variables } from "../../service/places.js";
import { shellOf } from "../../service/shell.js";

/** A variable that makes Codex look for the local proxy at a proxy elsewhere, and the command that stops it. */
export interface Detour {
  readonly variable: string;
  /** The list that lacks the address; to be made where there is none. */
  readonly list: string;
  readonly fix: string;
}

/** The address that {@link detourOf} looks for. */
export const LOCAL = "127.0.0.1";

/**
 * Codex sends everything to `HTTP_PROXY` or `ALL_PROXY`, its calls to 127.0.0.1 included, unless `NO_PROXY` lists that
 * very address. Seen with 0.142.5 and 0.169.0: `localhost` in the list does not help, `127.0.0.0/8` not the WebSocket,
 * and `*` not the POST; `HTTPS_PROXY` does no harm.
 */
export function detourOf(env: Variables): Detour | undefined {
  const variable = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].find((name) => env[name]?.trim());
  if (!variable) return undefined;
  const lists = noProxyLists(env);
  const short = lists.filter((name) => !entries(env[name]).includes(LOCAL));
  if (lists.length > 0 && short.length === 0) return undefined;
  const [list = "NO_PROXY"] = short;
  return {
    variable,
    list,
    fix: lists.length === 0 ? shellOf().set(list, LOCAL) : shellOf().append(list, LOCAL),
  };
}

/** The variables that say for which addresses no proxy is asked. */
export function noProxyLists(env: Variables): string[] {
  return ["no_proxy", "NO_PROXY"].filter((name) => env[name]?.trim());
}

function entries(text: string | undefined): string[] {
  return (text ?? "").split(",").map((entry) => entry.trim());
}
