import { managerOf } from "../../service/platform.js";
import type { Environment } from "../command.js";
import { detourOf } from "../../codex/config/detour.js";
import { localAddress, askHealth } from "./health.js";
import type { UnwireReport } from "./unwireConfig.js";
import type { WireReport } from "./wireConfig.js";

/** What `codexcomp wire` says. */
export function describeWire(report: WireReport, dryRun: boolean): string {
  const { config, url, changed, backup, diff } = report;
  if (!changed) return `${config} is already wired to ${url}\n`;
  if (dryRun) return diff;
  return `Codex now goes to ${url} (${config})\n${backup ? `The file as it was: ${backup}\n` : ""}`;
}

/** What may keep the wiring from working. */
export async function wireWarnings({ profiles, url }: WireReport, env: Environment): Promise<string[]> {
  const warnings: string[] = [];
  if (profiles.length > 0) {
    warnings.push(`not wired, because they set a provider or URL of their own: ${profiles.join(", ")}`);
  }
  const detour = detourOf(env);
  if (detour) {
    warnings.push(
      `${detour.variable} sends Codex to that proxy even for 127.0.0.1; to prevent it: ${detour.fix}`,
    );
  }
  const address = localAddress(url);
  const listener = address && (await askHealth(address));
  if (listener?.kind === "nobody") {
    warnings.push(`nothing runs at ${url} yet; until then Codex cannot work. ${await howToStart(env)}`);
  }
  if (listener?.kind === "other") warnings.push(`what answers at ${url} is no codexcomp`);
  return warnings;
}

/** To end a sentence; without a service there are two ways. */
async function howToStart(env: Environment): Promise<string> {
  const manager = managerOf(process.platform);
  if (manager && (await manager.state(env)).installed) return `The service is installed: ${manager.restart}`;
  return `Either "codexcomp install-service" starts it now and at every login; or "codexcomp unwire" and then "codexcomp codex", which needs no wiring`;
}

/** What `codexcomp unwire` says. */
export function describeUnwire(report: UnwireReport, dryRun: boolean): string {
  const { config, changed, exact, changedSince, backups, diff } = report;
  if (dryRun) return diff || `${config} is not wired: nothing to take back\n`;
  const lines = [
    changed || exact
      ? `Codex goes to OpenAI directly again (${config}${exact ? ", exactly as it was" : ""})`
      : `${config} is not wired: nothing to take back`,
    ...changedSince.map((key) => `${key} has been changed since; it stays as it is`),
    ...backups.map((backup) => `The file as it was before: ${backup}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
