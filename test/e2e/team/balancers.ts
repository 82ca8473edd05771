import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { start, type Program } from "./programs.js";

const EXAMPLES = "examples/team";

/** A load balancer on a loopback port, and where it sends what comes. */
export interface BalancerOptions {
  readonly port: number;
  readonly instances: readonly number[];
}

/** A load balancer that runs. */
export interface Balancer {
  readonly program: Program;
  /** What it has written into its logs. */
  readonly logs: () => string;
}

/** Debian's nginx with the example's configuration, but for ports and paths. */
export async function nginx(options: BalancerOptions): Promise<Balancer> {
  const folder = mkdtempSync(join(tmpdir(), "codexcomp-team-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = start("nginx", [...nginxArgs(folder, options), "-g", "daemon off;"]);
  return { program, logs: () => readFileSync(join(folder, "log"), "utf8") + program.said() };
}

/** Writes the example's configuration into a folder, where no rights are needed. @returns nginx's arguments */
export function nginxArgs(folder: string, { port, instances }: BalancerOptions): string[] {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const ours = replaced(readFileSync(`${EXAMPLES}/nginx.conf`, "utf8"), [
    ["listen 8787;", `listen 127.0.0.1:${port};`],
    ...instances.map((own, i) => [`127.0.0.1:880${i + 1}`, `127.0.0.1:${own}`] as const),
    ["/run/nginx.pid", join(folder, "pid")],
    ["/var/log/nginx/error.log", "stderr"],
    ["/var/log/nginx/codexcomp.log", join(folder, "log")],
    ["http {\n", `http {\n${temporary.map((name) => `${name}_temp_path ${join(folder, name)};\n`).join("")}`],
  ]);
  const file = join(folder, "nginx.conf");
  writeFileSync(file, ours);
  return ["-e", "stderr", "-p", folder, "-c", file];
}

/** Debian's HAProxy with the example's configuration as it is. */
export async function haproxy({ port, instances }: BalancerOptions): Promise<Balancer> {
  const [a, b, c] = instances.map((own) => `127.0.0.1:${own}`);
  const program = start("haproxy", ["-db", "-f", `${EXAMPLES}/haproxy.cfg`], {
    CODEXCOMP_LISTEN: `127.0.0.1:${port}`,
    ...{ CODEXCOMP_A: a, CODEXCOMP_B: b, CODEXCOMP_C: c },
  });
  return { program, logs: program.said };
}

function replaced(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the example has no "${from}" any more`);
    return changed.replace(from, to);
  }, text);
}
