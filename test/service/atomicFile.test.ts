import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writeAtomically } from "../../src/service/atomicFile.js";

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "codexcomp-atomic-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe.skipIf(process.platform === "win32")("writeAtomically", () => {
  it("gives a new file the permissions it is told, whatever the umask", async () => {
    const path = join(await scratch(), "deep", "file");
    const umask = process.umask(0o077);
    onTestFinished(() => void process.umask(umask));
    await writeAtomically(path, "x", { mode: 0o644 });
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  it("keeps the permissions of an old one", async () => {
    const path = join(await scratch(), "file");
    await writeFile(path, "old");
    await chmod(path, 0o604);
    await writeAtomically(path, "new", { mode: 0o600 });
    expect([await readFile(path, "utf8"), (await stat(path)).mode & 0o777]).toEqual(["new", 0o604]);
  });

  it("leaves nothing behind when it fails", async () => {
    const folder = await scratch();
    // A folder cannot be replaced by a file.
    await expect(writeAtomically(folder, "x")).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    expect(
      (await readdir(join(folder, ".."))).filter((name) => name.startsWith(`.${folder.split("/").at(-1)}`)),
    ).toEqual([]);
  });
});
