import { shellOf } from "../../../service/shell.js";
import { readProxyUrl } from "../../../transport/upstream/network/proxyUrl.js";
import type { Environment } from "../../command.js";
import { detourOf } from "../../../codex/config/detour.js";
import { findings, type Finding } from "../finding.js";

/** The proxies that the environment names, and whether Codex finds past them to this machine. */
export function checkProxies(env: Environment): Finding {
  const { ok, fail } = findings("proxies", "Proxies");
  const named = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"]
    .flatMap((name) => [name.toLowerCase(), name])
    .flatMap((name) => (env[name]?.trim() ? [[name, env[name]] as const] : []));

  const shown: string[] = [];
  for (const [name, value] of named) {
    try {
      shown.push(`${name}=${readProxyUrl(value, name).address}`);
    } catch (error) {
      return fail((error as Error).message, shellOf().unset(name));
    }
  }
  const detour = detourOf(env);
  if (detour) {
    return fail(
      `${shown.join(", ")}: Codex looks there even for 127.0.0.1, unless NO_PROXY has that address`,
      detour.fix,
    );
  }
  return ok(shown.length === 0 ? "none in the environment" : shown.join(", "));
}
