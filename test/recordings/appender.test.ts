import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { appender } from "../../src/recordings/appender.js";
import { scratchFolder } from "./support.js";

const MANY = 1_000_000;

describe("appender", () => {
  test("writes in order, into a folder that it makes, for nobody else to read", async () => {
    const parent = await scratchFolder();
    const files = appender({ maxWaiting: MANY, onLoss: () => {} });
    const folder = files.folder(join(parent, "all", "turn"));
    for (let i = 0; i < 1000; i++) folder.append(i % 2 ? "odd" : "even", 1000, () => `${i}\n`);
    await files.close();

    const odd = await readFile(join(parent, "all", "turn", "odd"), "utf8");
    expect(odd.trim().split("\n")).toEqual(Array.from({ length: 500 }, (_, i) => String(2 * i + 1)));
    if (process.platform !== "win32") {
      const modes = await Promise.all(
        ["all", "all/turn", "all/turn/odd"].map((name) => stat(join(parent, name))),
      );
      expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(["700", "700", "600"]);
    }
  });

  test("a folder that cannot be written is told once, and hurts no other", async () => {
    const parent = await scratchFolder();
    await writeFile(join(parent, "file"), "");
    const told: string[] = [];
    const files = appender({ maxWaiting: MANY, onLoss: (reason) => void told.push(reason) });
    for (const name of ["a", "b"]) files.folder(join(parent, "file", name)).append("x", 1, () => "x");
    files.folder(join(parent, "good")).append("x", 1, () => "good");
    await files.close();

    expect(told).toHaveLength(1);
    expect(await readFile(join(parent, "good", "x"), "utf8")).toBe("good");
  });

  test.skipIf(process.platform !== "linux")("a full disk is one loss", async () => {
    const told: string[] = [];
    const files = appender({ maxWaiting: MANY, onLoss: (reason) => void told.push(reason) });
    for (let i = 0; i < 3; i++) files.folder("/dev").append("full", 1, () => "x");
    await files.close();
    expect(told).toEqual(["ENOSPC"]);
  });

  test("what the disk cannot keep up with is lost, and everything of that folder behind it", async () => {
    const parent = await scratchFolder();
    const told: string[] = [];
    const files = appender({ maxWaiting: 100, onLoss: (reason) => void told.push(reason) });
    const [slow, other] = [files.folder(join(parent, "slow")), files.folder(join(parent, "other"))];
    slow.append("x", 60, () => "1");
    slow.append("x", 60, () => "2");
    slow.append("x", 1, () => "3");
    other.append("x", 10, () => "other");
    await files.close();

    expect(told).toEqual(["the disk does not keep up"]);
    expect(await readFile(join(parent, "other", "x"), "utf8")).toBe("other");
    // room again, for those that lost nothing
    other.append("x", 90, () => "!");
    slow.append("x", 1, () => "4");
    await files.close();
    expect(await readFile(join(parent, "other", "x"), "utf8")).toBe("other!");
    expect(await readFile(join(parent, "slow", "x"), "utf8")).toBe("1");
  });
});
