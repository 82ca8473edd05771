import type { Warning } from "../../../page/messages.js";
import { homeFolder } from "../../../service/places.js";
import type { Environment } from "../../command.js";
import { checkNode } from "../../doctor/checks/node.js";
import { checkProxies } from "../../doctor/checks/proxies.js";
import { checkWiring } from "../../doctor/checks/wiring.js";
import type { Finding } from "../../doctor/finding.js";
import { destinationOf } from "../../wire/check.js";

/** What `doctor` would warn of that the process can know without asking anybody. @param port where it listens */
export async function ownWarnings(port: number, env: Environment): Promise<Warning[]> {
  const destination = await destinationOf(undefined, env);
  const elsewhere: Finding[] =
    destination.kind === "local" && destination.address.port !== port
      ? [
          {
            ...{ id: "port", status: "warn", title: "Port" },
            detail: `Codex is wired to ${destination.url}, this is port ${port}`,
            fix: `codexcomp wire --port ${port}`,
          },
        ]
      : [];
  const findings = [
    checkNode(process.versions.node),
    checkProxies(env),
    await checkWiring(destination, undefined, env),
    ...elsewhere,
  ];
  const home = homeFolder(env);
  return (
    findings
      .filter((finding): finding is Warning & Finding => ["warn", "fail"].includes(finding.status))
      // Pictures of the page are shown to others.
      .map((warning) => ({ ...warning, detail: warning.detail.replaceAll(home, "~") }))
  );
}
