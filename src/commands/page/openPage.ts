import { spawn } from "node:child_process";
import { stateFolder } from "../../service/places.js";
import type { Environment, Invocation } from "../command.js";
import { askHealth } from "../wire/health.js";
import type { PageFlags } from "./page.js";
import { readToken } from "./server/token.js";

/** Where instances listen unless `--allow-remote` lets them elsewhere; those are here too, mostly. */
const HOST = "127.0.0.1";

/** How the page is asked for, and how a browser is started. */
export interface OpenPageTools {
  readonly platform?: NodeJS.Platform;
  /** Starts a program that goes on by itself. @returns false where it cannot be started */
  readonly start?: (program: string, args: readonly string[]) => Promise<boolean>;
}

/** Opens the page, and prints its address. @returns the exit code */
export async function openPage(
  { flags, stdout, stderr, env }: Invocation<PageFlags>,
  { platform = process.platform, start = startProgram }: OpenPageTools = {},
): Promise<number> {
  const { port, print } = flags;
  const address = await addressOf(port, env);
  if (address === undefined) {
    const listener = await askHealth({ host: HOST, port });
    const why =
      listener.kind === "codexcomp"
        ? `the codexcomp on port ${port} serves no page: it runs with --no-page, with --allow-remote without --page, or is older`
        : `no codexcomp listens on port ${port}: start it with "codexcomp run"`;
    stderr.write(`codexcomp: ${why}\n`);
    return 1;
  }
  stdout.write(`${address}\n`);
  if (print || !hasDisplay(platform, env)) return 0;
  const [program, args] = browserOf(platform, address);
  if (!(await start(program, args)))
    stderr.write(`codexcomp: ${program} cannot be started: open the address by hand\n`);
  return 0;
}

/** The page's address, with the token where it takes one; `undefined` where there is no page. */
async function addressOf(port: number, env: Environment): Promise<string | undefined> {
  const plain = `http://${HOST}:${port}/`;
  const token = await readToken(stateFolder(env));
  for (const address of [plain, ...(token === undefined ? [] : [`${plain}?token=${token}`])])
    if (await isPage(address)) return address;
  return undefined;
}

async function isPage(address: string): Promise<boolean> {
  try {
    const answer = await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(2000) });
    return answer.ok && (answer.headers.get("content-type") ?? "").startsWith("text/html");
  } catch {
    return false;
  }
}

function hasDisplay(platform: NodeJS.Platform, env: Environment): boolean {
  if (platform === "win32" || platform === "darwin") return true;
  return Boolean(env["DISPLAY"] || env["WAYLAND_DISPLAY"] || env["WSL_DISTRO_NAME"]);
}

function browserOf(platform: NodeJS.Platform, address: string): readonly [string, readonly string[]] {
  if (platform === "darwin") return ["open", [address]];
  if (platform === "win32") return ["rundll32", ["url.dll,FileProtocolHandler", address]];
  return ["xdg-open", [address]];
}

function startProgram(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: "ignore", detached: true });
    child.on("error", () => resolve(false));
    child.on("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
