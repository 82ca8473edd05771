import type { Health } from "../../transport/health.js";
import type { Invocation } from "../command.js";
import { count } from "../terminal/numbers.js";
import { askHealth } from "../wire/health.js";
import type { StatusFlags } from "./status.js";

/** Where instances listen unless `--allow-remote` lets them elsewhere; those are asked with curl. */
const HOST = "127.0.0.1";

/** Asks the instance on the port and prints what it says. @returns the exit code: 1 when none runs there */
export async function showStatus({ flags, stdout, stderr }: Invocation<StatusFlags>): Promise<number> {
  const { port, json } = flags;
  const listener = await askHealth({ host: HOST, port });
  if (listener.kind === "codexcomp") {
    const { health } = listener;
    stdout.write(json ? `${JSON.stringify(health, undefined, 2)}\n` : statusText(port, health));
    return 0;
  }
  const why =
    listener.kind === "nobody"
      ? `nothing listens on port ${port}: start it with "codexcomp run"`
      : `what listens on port ${port} is no codexcomp`;
  stderr.write(`codexcomp: ${why}\n`);
  return 1;
}

/** The instance may be of another version: what it does not say is not shown. */
function statusText(port: number, health: Partial<Health>): string {
  const { version, upstream, uptime, counters, foldedModels, extraTokens } = health;
  const to = upstream === "auto" ? "ChatGPT or the OpenAI API, by login" : upstream;
  const rows: [string, string | undefined][] = [
    ["codexcomp", `${version} on port ${port}`],
    ["upstream", to],
    ["up", isCount(uptime) ? upFor(uptime) : undefined],
    ["folded models", Array.isArray(foldedModels) ? foldedModels.join(", ") || "none" : undefined],
    ["extra tokens", extraTokens && spentText(extraTokens)],
    ["turns", countText(counters?.turns)],
    ["cut rounds", countText(counters?.truncated)],
    ["only observed", countText(counters?.observed)],
    ["folds", countText(counters?.folds)],
    ["open streams", countText(counters?.open)],
    ["failed", countText(counters?.failed)],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

/** `12,345 of 100,000 in 24 hours; turns are only observed` */
function spentText({ spent, limit }: NonNullable<Health["extraTokens"]>): string | undefined {
  if (!isCount(spent) || !isCount(limit)) return undefined;
  const full = spent >= limit ? "; turns are only observed until some of it is a day old" : "";
  return `${count(spent)} of ${count(limit)} in 24 hours${full}`;
}

function countText(value: unknown): string | undefined {
  return isCount(value) ? count(value) : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** `3 days 4 h`, `4 h 12 min`, `12 min`, `40 s` */
function upFor(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60].map(
    Math.floor,
  );
  if (days) return `${days} ${days === 1 ? "day" : "days"} ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min` : `${Math.round(seconds)} s`;
}
