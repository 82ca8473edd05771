import { parse, TomlError, type TomlTable } from "smol-toml";

/** The built-in provider: the one whose calls `openai_base_url` moves. */
export const BUILT_IN_PROVIDER = "openai";

/** The keys of config.toml that decide where Codex sends its calls. */
export const BASE_URL = "openai_base_url";
export const PROVIDER = "model_provider";

/** config.toml is not TOML. Says where, and nothing of the line: it may hold a token. */
export class InvalidConfig extends Error {
  override readonly name = "InvalidConfig";
  /** Counted from 1. */
  readonly line: number;

  constructor(reason: string, line: number) {
    super(reason);
    this.line = line;
  }
}

/** @throws InvalidConfig */
export function parseConfig(text: string): TomlTable {
  try {
    // Codex' integers are 64 bits wide; as plain numbers the big ones would be refused.
    return parse(text, { integersAsBigInt: true }) as TomlTable;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ""] = error.message.replace("Invalid TOML document: ", "").split("\n");
    throw new InvalidConfig(reason, error.line);
  }
}

/**
 * Reads config.toml's bytes as text; a byte order mark stays.
 *
 * @throws InvalidConfig where they are not UTF-8
 */
export function decodeConfig(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const good = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    throw new InvalidConfig("not valid UTF-8", lineAt(good, Math.max(0, good.indexOf("\uFFFD"))));
  }
}

/** Where a config sends the calls of Codex. */
export interface Route {
  readonly baseUrl: unknown;
  readonly provider: unknown;
}

export function routeOf(config: TomlTable): Route {
  return { baseUrl: config[BASE_URL], provider: config[PROVIDER] };
}

/** Whether calls go past `openai_base_url`, to a provider of the user's own. */
export function usesOtherProvider({ provider }: Route): boolean {
  return provider !== undefined && provider !== BUILT_IN_PROVIDER;
}

/**
 * `[profiles.NAME]` tables with a route of their own. Codex up to 0.133 reads them; later versions read
 * `NAME.config.toml` beside config.toml instead (developers.openai.com/codex/config-advanced).
 */
export function profilesElsewhere(config: TomlTable, url: string): string[] {
  const profiles = config["profiles"];
  if (!isTable(profiles)) return [];
  return Object.entries(profiles)
    .filter(([, profile]) => isTable(profile) && leadsElsewhere(profile, url))
    .map(([name]) => name);
}

/** The table `[profiles.NAME]`, if there is one. */
export function profileTable(config: TomlTable, name: string): TomlTable | undefined {
  const profiles = config["profiles"];
  const profile = isTable(profiles) ? profiles[name] : undefined;
  return isTable(profile) ? profile : undefined;
}

/** Whether a profile overrides the route that the main config has been given. */
export function leadsElsewhere(profile: TomlTable, url: string): boolean {
  const route = routeOf(profile);
  return usesOtherProvider(route) || (route.baseUrl !== undefined && route.baseUrl !== url);
}

/** The line, from 1, in which an offset lies. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
