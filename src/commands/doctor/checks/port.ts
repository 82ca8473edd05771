import { packageVersion } from "../../../version.js";
import type { Environment } from "../../command.js";
import { withoutCredentials, type Address } from "../../wire/baseUrl.js";
import type { Listener } from "../../wire/health.js";
import { findings, type Finding } from "../finding.js";
import { portOwner } from "./portOwner.js";

interface PortSituation {
  readonly address: Address;
  readonly listener: Listener;
  readonly isWired: boolean;
  /** The command that brings this port and the installed service together. */
  readonly mend: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
}

/** Who has the port. */
export async function checkPort(situation: PortSituation): Promise<Finding> {
  const { address, listener, isWired, mend, platform, env } = situation;
  const { port } = address;
  const { ok, warn, fail } = findings("port", `Port ${port}`);
  if (listener.kind === "nobody") {
    return isWired
      ? fail("Codex is wired to it, and nothing runs there", mend ?? `codexcomp run --port ${port}`)
      : ok("free");
  }
  if (listener.kind === "other") {
    const owner = await portOwner(port, platform, env);
    return fail(`taken by ${owner ?? "another program"}`, "codexcomp run --auto-port");
  }
  const who = `codexcomp ${listener.version} (upstream ${withoutCredentials(listener.upstream)})`;
  if (listener.version !== packageVersion) {
    return warn(`${who}, while this is ${packageVersion}: stop it and start this one`, mend);
  }
  return ok(who);
}
