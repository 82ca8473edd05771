import { shellOf } from "../../../service/shell.js";
import type { Environment } from "../../command.js";
import type { Destination } from "../../wire/check.js";
import { codexHomeOf } from "../../wire/codexHome.js";
import { readConfigFile } from "../../../codex/config/configFile.js";
import { strayProfiles } from "../../../codex/config/profileFiles.js";
import { findings, type Finding } from "../finding.js";

/** Whether Codex is pointed at this machine, in all its profiles. */
export async function checkWiring(
  destination: Destination,
  codexHome: string | undefined,
  env: Environment,
): Promise<Finding> {
  const { ok, warn, fail } = findings("wired", "Codex is wired");
  const flag = codexHome === undefined ? "" : ` --codex-home ${codexHome}`;
  switch (destination.kind) {
    case "openai":
      return fail(destination.says, `codexcomp wire${flag}`);
    case "elsewhere":
      return fail(destination.says, `codexcomp wire --force${flag}`);
    case "invalid": {
      const line = /^line (\d+)/.exec(destination.says)?.[1] ?? "1";
      return fail(destination.says, shellOf().edit(destination.config, line));
    }
  }
  const { config, url } = destination;
  const stray = await strayProfiles(codexHomeOf(codexHome, env), await readConfigFile(config), url);
  if (stray.length > 0) return warn(`to ${url}, but not in ${stray.join(", ")}`);
  return ok(`to ${url} (${config})`);
}
