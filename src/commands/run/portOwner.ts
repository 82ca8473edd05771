import type { ProxyOptions } from "../../transport/options.js";
import { askHealth } from "../wire/health.js";

/** Why the port cannot be had, who can free it, and what to change in Codex's config to use another. */
export async function explainBusyPort({ host, port }: ProxyOptions): Promise<string> {
  const address = host.includes(":") ? `[${host}]` : host;
  const owner = await askHealth({ host, port });
  const who =
    owner.kind === "codexcomp"
      ? `codexcomp ${owner.version} is running there already: use that one, or stop it (Ctrl-C where it runs, or "codexcomp uninstall-service")`
      : `another program has it: stop that program (find it with "${finder(port)}")`;
  const other = port < 65_535 ? port + 1 : port - 1;
  return [
    `port ${port} on ${host} is taken: ${who}.`,
    `To use another port: codexcomp run --port ${other}, and in Codex's config.toml openai_base_url = "http://${address}:${other}/v1".`,
  ].join("\n");
}

function finder(port: number): string {
  return process.platform === "win32" ? `netstat -ano | findstr :${port}` : `lsof -i :${port}`;
}
