import { connect } from "node:net";
import { shellOf } from "../../../service/shell.js";
import { readProxyUrl, type UpstreamProxy } from "../../../transport/upstream/network/proxyUrl.js";
import type { Environment } from "../../command.js";
import { detourOf, LOCAL } from "../../../codex/config/detour.js";
import { readDotEnv, setBy, type DotEnvEntry } from "../../wire/dotEnv.js";
import { findings, type Finding } from "../finding.js";

const PATIENCE_MS = 2000;

/**
 * The proxies that Codex sets for itself, in `$CODEX_HOME/.env`: one that is gone makes it reconnect without end, and
 * nothing in the shell shows it.
 *
 * @returns nothing where there are none
 */
export async function checkEnvFile(codexHome: string | undefined, env: Environment): Promise<Finding[]> {
  const { ok, fail } = findings("env-file", "Codex' .env");
  const entries = await readDotEnv(codexHome, env);
  const proxies = entries.filter(
    ({ name, value }) => /^(?:https?|all)_proxy$/i.test(name) && value.trim() !== "",
  );
  if (proxies.length === 0) return [];
  const shown: string[] = [];
  for (const entry of proxies) {
    const { name, value } = entry;
    try {
      const proxy = readProxyUrl(value, name);
      shown.push(`${name}=${proxy.address}`);
      const reason = await whyDead(proxy);
      if (reason !== undefined)
        return [fail(`${placeOf(entry)}: ${shown.at(-1)} does not answer (${reason})`, edit(entry))];
    } catch (error) {
      return [fail(`${placeOf(entry)}: ${(error as Error).message}`, edit(entry))];
    }
  }
  const detour = detourOf({ ...env, ...setBy(entries) });
  const cause =
    entries.findLast(({ name }) => name === detour?.list) ??
    entries.findLast(({ name }) => name === detour?.variable);
  if (detour && cause) {
    return [
      fail(
        `${placeOf(cause)}: ${detour.variable} leads Codex elsewhere even for ${LOCAL}, unless ${detour.list} has that address`,
        edit(cause),
      ),
    ];
  }
  return [ok(shown.join(", "))];
}

function placeOf({ line, path }: DotEnvEntry): string {
  return `line ${line} of ${path}`;
}

function edit({ line, path }: DotEnvEntry): string {
  return shellOf().edit(path, line);
}

/** Why nobody accepts connections there; `undefined` where somebody does. */
function whyDead({ hostname, port }: UpstreamProxy): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, hostname);
    const settle = (reason?: string): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(PATIENCE_MS, () => settle("ETIMEDOUT"));
    socket.on("connect", () => settle());
    socket.on("error", ({ code, message }: NodeJS.ErrnoException) => settle(code ?? message));
  });
}
