import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, vi } from "vitest";

/** A program in a terminal of its own. */
export interface Terminal {
  /** What is to be seen, lines that scrolled away included. @param flags `-e` for the colours, too */
  screen(...flags: string[]): Promise<string>;
  /** Waits until it is to be seen. */
  shows(pattern: RegExp): Promise<void>;
  type(text: string): Promise<void>;
  /** Keys by the names of tmux: `Enter`, `C-c`. */
  press(key: string): Promise<void>;
  /** Waits for the end. */
  exitCode(): Promise<number>;
  close(): Promise<void>;
}

interface Opening {
  readonly line: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export async function openTerminal({ line, env, cwd }: Opening): Promise<Terminal> {
  const server = `codexcomp-${randomBytes(6).toString("hex")}`;
  const environment = { ...env, TERM: "xterm-256color" };
  const tmux = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)("tmux", ["-L", server, ...args], { env: environment })).stdout;
  const command = line.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  // Written by the shell: tmux 3.3 sometimes never says it of a program that ends quickly (seen).
  const status = join(cwd, `${server}.status`);
  await tmux(
    ...[
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-x",
      "100",
      "-y",
      "40",
      "-c",
      cwd,
      `${command}; echo $? > '${status}'`,
    ],
    ...[";", "set", "-g", "remain-on-exit", "on"],
  );
  const screen = (...flags: string[]): Promise<string> => tmux("capture-pane", "-p", "-S", "-200", ...flags);
  return {
    screen,
    shows: (pattern) =>
      vi.waitFor(async () => expect(await screen()).toMatch(pattern), { timeout: 30_000, interval: 200 }),
    type: async (text) => void (await tmux("send-keys", "-l", text)),
    press: async (key) => void (await tmux("send-keys", key)),
    exitCode: () =>
      vi.waitFor(
        async () => {
          const written = await readFile(status, "utf8");
          expect(written).toMatch(/^\d+\n$/);
          return Number(written);
        },
        { timeout: 30_000, interval: 200 },
      ),
    close: async () => void (await tmux("kill-server").catch(() => {})),
  };
}
