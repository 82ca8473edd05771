import { findings, type Finding } from "../finding.js";

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

/** Compares versions by their numbers; what follows a dash is not looked at. */
export function isOlder(version: string, than: string): boolean {
  const [numbers = ""] = version.split("-");
  return numbers.localeCompare(than, "en", { numeric: true }) < 0;
}
