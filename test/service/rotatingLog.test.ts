import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { rotatingLog } from "../../src/service/rotatingLog.js";

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "codexcomp-log-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("rotatingLog", () => {
  it("makes its folder, and goes on where the last run ended", async () => {
    const path = join(await scratch(), "a", "b", "x.log");
    for (const line of ["one\n", "two\n"]) await finished(rotatingLog(path).end(line));
    expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
  });

  it("keeps one file before this one, and no more", async () => {
    const folder = await scratch();
    const path = join(folder, "x.log");
    const log = rotatingLog(path, 10);
    for (const line of ["1234\n", "5678\n", "abcd\n", "a line that is longer than that\n", "end\n"])
      log.write(line);
    await finished(log.end());
    expect(await readFile(path, "utf8")).toBe("end\n");
    expect(await readFile(`${path}.1`, "utf8")).toBe("a line that is longer than that\n");
    expect((await readdir(folder)).sort()).toEqual(["x.log", "x.log.1"]);
  });

  it("goes on where it cannot be set aside, but not for ever", async () => {
    const path = join(await scratch(), "x.log");
    await mkdir(join(`${path}.1`, "in the way"), { recursive: true });
    const log = rotatingLog(path, 10);
    for (const line of ["123456\n", "abcdef\n", "ABCDEF\n", "too much\n"]) log.write(line);
    await finished(log.end());
    expect(await readFile(path, "utf8")).toBe("123456\nabcdef\nABCDEF\n");
  });

  it.skipIf(process.platform === "win32")("waits for nobody where there is a pipe in its place", async () => {
    const path = join(await scratch(), "x.log");
    spawnSync("mkfifo", [path]);
    await finished(rotatingLog(path).end("lost\n"));
  });

  it("loses what it cannot write, and complains to nobody", async () => {
    const folder = await scratch();
    await writeFile(join(folder, "file"), "");
    await finished(rotatingLog(join(folder, "file", "x.log")).end("lost\n"));
  });
});
