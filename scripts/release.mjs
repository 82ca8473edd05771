// What a release needs to know of its tag: `release.mjs version v1.2.3`, `release.mjs notes v1.2.3`.
// Fails where package.json says another version, or CHANGELOG.md nothing of this one.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);

/** The version that a tag names. Throws where the package has another one, and for what would be everybody's latest too soon. */
export function versionOf(tag, packageVersion) {
  if (packageVersion.includes("-"))
    throw new Error(`${packageVersion} is not to be released: set a version without "-"`);
  if (tag !== `v${packageVersion}`) throw new Error(`the tag is ${tag}, package.json says ${packageVersion}`);
  return packageVersion;
}

/** A version's part of a changelog (Keep a Changelog), without its heading. Throws where there is none. */
export function notesOf(version, changelog) {
  const parts = changelog.split(/^## /m).slice(1);
  const part = parts.find((text) => text.startsWith(`[${version}]`));
  const notes = part
    ?.split("\n")
    .slice(1)
    .join("\n")
    .replace(/^\[[^\]]+\]: .*$/gm, "")
    .trim();
  if (!notes) throw new Error(`CHANGELOG.md says nothing of ${version}`);
  return notes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, tag = ""] = process.argv.slice(2);
  const { version } = JSON.parse(await readFile(new URL("package.json", root), "utf8"));
  const released = versionOf(tag, version);
  const notes = notesOf(released, await readFile(new URL("CHANGELOG.md", root), "utf8"));
  console.log(what === "notes" ? notes : released);
}
