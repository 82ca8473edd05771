import { findings, type Finding } from "../finding.js";
import { isOlder } from "./version.js";

/** As package.json's `engines` says. */
const OLDEST = "20.18.1";

export function checkNode(version: string): Finding {
  const { ok, fail } = findings("node", "Node.js");
  if (isOlder(version, OLDEST)) {
    return fail(
      `${version}, but codexcomp needs ${OLDEST} or later`,
      "npx --package node@22 codexcomp doctor",
    );
  }
  return ok(version);
}
