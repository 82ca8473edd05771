import type { Environment } from "../command.js";
import { codexHomeOf, configPathOf } from "./codexHome.js";
import { parseConfig, routeOf, usesOtherProvider } from "../../codex/config/config.js";
import { namingFile, readConfigFile } from "../../codex/config/configFile.js";
import { baseUrlOf, localAddress, shown, withoutCredentials, askHealth, type Address } from "./health.js";

/** Where a config.toml sends Codex. */
export type Destination =
  | { readonly kind: "local"; readonly config: string; readonly address: Address; readonly url: string }
  | {
      readonly kind: "openai" | "elsewhere" | "invalid";
      readonly config: string;
      /** In words, without credentials. */
      readonly says: string;
    };

/** Reads where Codex is sent. An invalid config is an answer, too. */
export async function destinationOf(codexHome: string | undefined, env: Environment): Promise<Destination> {
  const config = configPathOf(codexHomeOf(codexHome, env));
  const route = await namingFile(config, async () => {
    return routeOf(parseConfig((await readConfigFile(config)).text));
  }).catch((error: Error) => error);
  if (route instanceof Error) return { kind: "invalid", config, says: route.message };

  const { baseUrl, provider } = route;
  if (usesOtherProvider(route)) {
    return { kind: "elsewhere", config, says: `${config} has model_provider = ${shown(provider)}` };
  }
  if (baseUrl === undefined) return { kind: "openai", config, says: `no openai_base_url in ${config}` };
  const address = localAddress(baseUrl);
  if (address) return { kind: "local", config, address, url: withoutCredentials(String(baseUrl)) };
  return { kind: "elsewhere", config, says: `${config} has openai_base_url = ${shown(baseUrl)}` };
}

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
  const destination = await destinationOf(codexHome, env);
  const { config } = destination;
  if (destination.kind !== "local") return { ok: false, says: `not wired: ${destination.says}`, config };
  const { address, url } = destination;
  if (port !== undefined && address.port !== port) {
    return { ok: false, says: `wired to ${url}, not to ${baseUrlOf(port)}`, config, url };
  }
  const listener = await askHealth(address);
  if (listener.kind !== "codexcomp") {
    const who = listener.kind === "nobody" ? "nothing runs there" : "what answers there is no codexcomp";
    return { ok: false, says: `wired to ${url}, but ${who}`, config, url };
  }
  const { version, upstream } = listener;
  const says = `wired: Codex -> ${url} -> codexcomp ${version} -> ${upstream}`;
  return { ok: true, says, config, url, version, upstream };
}
