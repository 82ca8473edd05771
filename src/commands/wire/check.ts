import type { Environment } from "../command.js";
import { baseUrlOf, localAddress, shown, withoutCredentials } from "./baseUrl.js";
import { codexHomeOf, configPathOf } from "./codexHome.js";
import { parseConfig, routeOf, usesOtherProvider } from "./config.js";
import { namingFile, readConfigFile } from "./configFile.js";
import { askHealth } from "./health.js";

export interface CheckOptions {
  readonly codexHome: string | undefined;
  /** The port Codex must be wired to; by default the one it is wired to. */
  readonly port: number | undefined;
  readonly env: Environment;
}

/** Whether Codex reaches a running codexcomp, and in one line how or why not. */
export interface Check {
  readonly ok: boolean;
  readonly says: string;
  readonly config: string;
  readonly url?: string;
  readonly version?: string;
  readonly upstream?: string;
}

export async function checkWiring({ codexHome, port, env }: CheckOptions): Promise<Check> {
  const config = configPathOf(codexHomeOf(codexHome, env));
  const no = (says: string): Check => ({ ok: false, says, config });
  const file = await namingFile(config, async () => {
    const { text } = await readConfigFile(config);
    return routeOf(parseConfig(text));
  }).catch((error: Error) => no(`not wired: ${error.message}`));
  if ("ok" in file) return file;

  const { baseUrl, provider } = file;
  if (baseUrl === undefined) return no(`not wired: no openai_base_url in ${config}`);
  if (usesOtherProvider(file)) return no(`not wired: ${config} has model_provider = ${shown(provider)}`);
  const address = localAddress(baseUrl);
  if (!address || typeof baseUrl !== "string")
    return no(`not wired: ${config} has openai_base_url = ${shown(baseUrl)}`);
  if (port !== undefined && address.port !== port) {
    return no(`wired to port ${address.port}, not to ${baseUrlOf(port)}`);
  }

  const url = withoutCredentials(baseUrl);
  const listener = await askHealth(address);
  if (listener.kind === "nobody") return { ...no(`wired to ${url}, but nothing runs there`), url };
  if (listener.kind === "other")
    return { ...no(`wired to ${url}, but what answers there is no codexcomp`), url };
  const { version } = listener;
  const upstream = withoutCredentials(listener.upstream);
  return {
    ok: true,
    says: `wired: Codex -> ${url} -> codexcomp ${version} -> ${upstream}`,
    config,
    url,
    version,
    upstream,
  };
}
