import { managerOf } from "../../service/platform.js";
import type { Invocation } from "../command.js";
import { destinationOf } from "../wire/check.js";
import { askHealth } from "../wire/health.js";

export async function uninstall({ stdout, stderr, env }: Invocation): Promise<number> {
  const manager = managerOf(process.platform);
  if (!manager) {
    stdout.write(
      "codexcomp registers nothing on this platform. A shortcut in shell:startup can be deleted there.\n",
    );
    return 0;
  }
  const removed = await manager.uninstall(env);
  stdout.write(
    removed.length === 0 ? "No service is installed\n" : removed.map((path) => `Removed ${path}\n`).join(""),
  );

  const destination = await destinationOf(undefined, env);
  if (destination.kind === "local" && (await askHealth(destination.address)).kind === "nobody") {
    stderr.write(
      `codexcomp: Codex is still wired to ${destination.url}, where nothing runs now: codexcomp unwire\n`,
    );
  }
  return 0;
}
