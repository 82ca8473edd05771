import type { ProxyOptions } from "../../transport/options.js";

/** Why the port cannot be had, who can free it, and what to change in Codex's config to use another. */
export async function explainBusyPort({ host, port }: ProxyOptions): Promise<string> {
  const owner = await runningCodexcomp(host, port);
  const who = owner
    ? `codexcomp ${owner} is running there already: use that one, or stop it (Ctrl-C where it runs, or "codexcomp uninstall-service")`
    : `another program has it: stop that program (find it with "${finder(port)}")`;
  return [
    `port ${port} on ${host} is taken: ${who}.`,
    `To use another port: codexcomp run --port ${port + 1}, and in Codex's config.toml openai_base_url = "http://${host}:${port + 1}/v1".`,
  ].join("\n");
}

/** The version of the codexcomp that answers there, if one does. */
async function runningCodexcomp(host: string, port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${host}:${port}/healthz`, { signal: AbortSignal.timeout(1000) });
    const { ok, version } = (await response.json()) as { ok?: unknown; version?: unknown };
    return ok === true && typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

function finder(port: number): string {
  return process.platform === "win32" ? `netstat -ano | findstr :${port}` : `lsof -i :${port}`;
}
