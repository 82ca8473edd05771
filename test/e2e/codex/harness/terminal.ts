import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
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
  await tmux(
    ...["-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "40", "-c", cwd, command],
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
          const [dead, status] = (await tmux("list-panes", "-F", "#{pane_dead} #{pane_dead_status}"))
            .trim()
            .split(" ");
          expect(dead).toBe("1");
          // tmux hears of the terminal's end first, and of the process' a moment later
          expect(status).toMatch(/^\d+$/);
          return Number(status);
        },
        { timeout: 30_000, interval: 200 },
      ),
    close: async () => void (await tmux("kill-server").catch(() => {})),
  };
}
