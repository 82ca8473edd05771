import { BASE_URL } from "../../codex/config/config.js";

/** Subcommands behind which another program's arguments stand: its `-c` is none of Codex'. */
const RUN_OTHERS = new Set(["sandbox", "debug", "mcp", "exec-server"]);

/**
 * Codex' arguments with an `openai_base_url` that only one of their own wins over.
 *
 * It stands in front of everything, and once more in front of each override of the user's: Codex 0.142.5 forgets the
 * overrides of `codex -c A exec -c B` that stand before the subcommand (0.169.0 has them all). The value has no quotes:
 * Codex takes what is no TOML as a text, and Windows' command files have nothing to misread.
 */
export function withBaseUrl(args: readonly string[], url: string): string[] {
  const setting = ["-c", `${BASE_URL}=${url}`];
  const own = ownLength(args);
  return [
    ...setting,
    ...args.flatMap((arg, at) => (at < own && overrideAt(args, at) ? [...setting, arg] : [arg])),
  ];
}

/** What of the user's arguments decides where Codex goes. */
export interface CodexChoices {
  readonly profile: string | undefined;
  /** Values of `-c`, by key; without quotes. */
  readonly overrides: Readonly<Record<string, string>>;
  /** A model on this machine. */
  readonly oss: boolean;
}

export function choicesIn(args: readonly string[]): CodexChoices {
  const own = args.slice(0, ownLength(args));
  const overrides = own.flatMap((_, at) => overrideAt(own, at) ?? []);
  const profiles = own.flatMap((arg, at) => {
    if (arg === "-p" || arg === "--profile") return own[at + 1] ?? [];
    return /^(?:--profile=|-p(?!-))(.+)$/.exec(arg)?.[1] ?? [];
  });
  return {
    profile: profiles.at(-1),
    overrides: Object.fromEntries(
      overrides.map((text): [string, string] => {
        const [key = "", value = ""] = text.split(/=(.*)/s);
        return [key.trim(), value.trim().replace(/^(["'])(.*)\1$/s, "$2")];
      }),
    ),
    oss: own.includes("--oss"),
  };
}

/** How many of the arguments are Codex' own, and neither a prompt behind `--` nor another program's. */
function ownLength(args: readonly string[]): number {
  const end = args.findIndex((arg) => arg === "--" || RUN_OTHERS.has(arg));
  return end < 0 ? args.length : end;
}

/** The `key=value` of the override that begins at an argument: `-c k=v`, `-ck=v`, `--config k=v`, `--config=k=v`. */
function overrideAt(args: readonly string[], at: number): string | undefined {
  const [, text] = /^(?:-c|--config(?:=|$))(.*)$/s.exec(args[at] ?? "") ?? [];
  const given = text === "" ? args[at + 1] : text;
  return given !== undefined && /^[\w."'-]+\s*=/.test(given) ? given : undefined;
}
