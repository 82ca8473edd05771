import { homedir } from "node:os";
import { join, posix, win32 } from "node:path";

/** Environment variables; those of the process, or a test's. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The user's home folder. */
export function homeFolder(env: Variables, platform = process.platform): string {
  return (platform === "win32" ? env["USERPROFILE"] : env["HOME"]) || homedir();
}

/**
 * Where codexcomp remembers things: the journal, what `wire` changed, the log of what has no terminal. On Windows it is
 * where programs keep what belongs to one machine. Absolute; may not exist yet.
 */
export function stateFolder(env: Variables, platform = process.platform): string {
  return platform === "win32"
    ? windowsFolder(env, "LOCALAPPDATA", "Local")
    : join(xdg(env, "XDG_STATE_HOME", ".local/state"), "codexcomp");
}

/** The user's own folder for what is set: a config file. Absolute; may not exist. */
export function configFolder(env: Variables, platform = process.platform): string {
  return platform === "win32"
    ? windowsFolder(env, "APPDATA", "Roaming")
    : join(xdg(env, "XDG_CONFIG_HOME", ".config"), "codexcomp");
}

/** For what can be made again. Absolute; may not exist. */
export function cacheFolder(env: Variables, platform = process.platform): string {
  return platform === "win32"
    ? win32.join(windowsFolder(env, "LOCALAPPDATA", "Local"), "cache")
    : join(xdg(env, "XDG_CACHE_HOME", ".cache"), "codexcomp");
}

/** Where the user's own systemd units live. */
export function unitFolder(env: Variables): string {
  return join(xdg(env, "XDG_CONFIG_HOME", ".config"), "systemd", "user");
}

/** The log file of the macOS service. */
export function launchdLog(home: string): string {
  return posix.join(home, "Library", "Logs", "codexcomp", "codexcomp.log");
}

/** The log file of what has no terminal to log to: `codexcompw`, and proxies that run a command. */
export function logFile(env: Variables, platform = process.platform): string {
  return pathOf(platform).join(stateFolder(env, platform), "codexcomp.log");
}

function windowsFolder(env: Variables, name: string, fallback: string): string {
  return win32.join(env[name] || win32.join(homeFolder(env, "win32"), "AppData", fallback), "codexcomp");
}

function pathOf(platform: NodeJS.Platform): typeof posix {
  return platform === "win32" ? win32 : posix;
}

/** The XDG specification has relative paths ignored, and empty ones count as not set. */
function xdg(env: Variables, name: string, fallback: string): string {
  const value = env[name];
  return value?.startsWith("/") ? value : join(homeFolder(env), fallback);
}
