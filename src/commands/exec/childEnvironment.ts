import type { Environment } from "../command.js";
import { detourOf, LOCAL, noProxyLists } from "../../codex/config/detour.js";

/**
 * The environment of the command: that of the wrapper, and what leads its calls to the proxy.
 *
 * @param baseUrl for programs that read `OPENAI_BASE_URL`; Codex is told otherwise, and what it runs shall not go our way
 * @param more what the command adds to its environment by itself: Codex has a file of its own for that
 */
export function childEnvironment(
  env: Environment,
  { baseUrl, more = {} }: { readonly baseUrl?: string | undefined; readonly more?: Environment },
): Record<string, string | undefined> {
  return {
    ...env,
    ...(baseUrl !== undefined && { OPENAI_BASE_URL: baseUrl }),
    ...(detourOf({ ...env, ...more }) && withLocal(env)),
  };
}

/** Each list of addresses that no proxy is asked for, with ours in it. */
function withLocal(env: Environment): Record<string, string> {
  const names = noProxyLists(env);
  const lists = names.length === 0 ? ["NO_PROXY"] : names;
  return Object.fromEntries(
    lists.map((name) => [name, [env[name]?.trim(), LOCAL].filter(Boolean).join(",")]),
  );
}
