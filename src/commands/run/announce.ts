import { nameOf } from "../../operators/failureWords.js";
import { configFolder } from "../../service/places.js";
import { isLoopback } from "../../transport/downstream/guard.js";
import type { ProxyOptions } from "../../transport/options.js";
import { packageVersion } from "../../version.js";
import type { Environment } from "../command.js";
import type { Log } from "./log.js";
import type { StartedProxy } from "./startProxy.js";
import type { UserModules } from "./userModules.js";

/** Says where the proxy is, where it leads, and what of it one should know. */
export function announce({ url, options, network }: StartedProxy, log: Log): void {
  const { upstream, fold, host, allowRemote, record, recordRedact } = options;
  const to = upstream === "auto" ? "ChatGPT or the OpenAI API, by login" : new URL(upstream).host;
  log("info", `codexcomp ${packageVersion} on ${url} -> ${to} (${modeText(fold)})`, {
    event: "listening",
    url,
  });
  const way = network.describe();
  if (way) log("info", `upstream connections: ${way}`, { event: "network", way });
  if (record !== undefined) {
    const what = recordRedact ? "filler instead of texts" : "the conversations, without credentials";
    log("warn", `recording every turn into ${record}: ${what}`, { event: "recording", folder: record });
  }
  if (allowRemote && !isLoopback(host))
    log("warn", `--allow-remote: whoever can reach ${host} can use this proxy`);
}

/** `fold gpt-5.5*, gpt-5.4*` */
function modeText({ mode, models }: ProxyOptions["fold"]): string {
  return mode === "fold" ? `fold ${models.join(", ")}` : `mode ${mode}`;
}

/** Says what of the user's own is at work, for it can change everything. */
export function announceModules(
  { names, ignored }: UserModules,
  { operators }: ProxyOptions,
  env: Environment,
  log: Log,
): void {
  for (const name of ignored) {
    const own = configFolder(env);
    log(
      "warn",
      `${name} in this folder is not read: to use it, start with --config ${name}, or move it to ${own}`,
    );
  }
  if (names.length === 0) return;
  const { round = [], response = [] } = operators ?? {};
  const all = [...round, ...response].map(nameOf);
  log("info", `using ${names.join(", ")}${all.length > 0 ? `; operators: ${all.join(", ")}` : ""}`, {
    event: "modules",
    names,
  });
}
