import { execFileSync } from "node:child_process";
import { constants, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openFile, otherThanFile, readWholeFile } from "../../src/files/regularFile.js";
import { folderWith } from "../options/modules/folder.js";

test("a file is opened, read and written", async () => {
  const path = join(folderWith({ a: "hello" }), "a");
  expect((await readWholeFile(path)).toString()).toBe("hello");
  const file = await openFile(path, constants.O_WRONLY | constants.O_APPEND);
  await file.writeFile("!");
  await file.close();
  expect((await readWholeFile(path)).toString()).toBe("hello!");
  expect(otherThanFile(path)).toBeUndefined();
});

test("what is missing is the system's error", async () => {
  const path = join(folderWith({}), "a");
  await expect(readWholeFile(path)).rejects.toMatchObject({ code: "ENOENT" });
  expect(otherThanFile(path)).toBeUndefined();
  const made = await openFile(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  expect((await made.stat()).mode & 0o777).toBe(0o600);
  await made.close();
});

describe.skipIf(process.platform === "win32")("what is no file is not opened, and said to be", () => {
  test.each([
    ["a named pipe", (path: string) => void execFileSync("mkfifo", [path])],
    ["a folder", (path: string) => void execFileSync("mkdir", [path])],
    ["a device", (path: string) => void execFileSync("ln", ["-s", "/dev/zero", path])],
    [
      "a socket",
      async (path: string) => {
        const server = createServer().listen(path);
        onTestFinished(() => void server.close());
        await once(server, "listening");
      },
    ],
  ])("%s", async (kind, make) => {
    const path = join(folderWith({}), "a");
    await make(path);
    expect(otherThanFile(path)).toBe(kind);
    for (const flags of [constants.O_RDONLY, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT])
      await expect(openFile(path, flags)).rejects.toThrow(`${path} is ${kind}, not a file`);
  });

  test("a link to a file is one", async () => {
    const folder = folderWith({});
    writeFileSync(join(folder, "a"), "hello");
    execFileSync("ln", ["-s", "a", join(folder, "b")]);
    expect((await readWholeFile(join(folder, "b"))).toString()).toBe("hello");
  });
});
