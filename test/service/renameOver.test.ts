import { rename } from "node:fs/promises";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { renameOver } from "../../src/service/renameOver.js";

vi.mock("node:fs/promises", () => ({ rename: vi.fn() }));

/** Lets a file be in use so many times. */
function inUse(times: number, code = "EPERM"): void {
  for (let time = 0; time < times; time++) {
    vi.mocked(rename).mockRejectedValueOnce(Object.assign(new Error("in use"), { code }));
  }
}

function standIn(platform: NodeJS.Platform): void {
  const own = Object.getOwnPropertyDescriptor(process, "platform") as PropertyDescriptor;
  Object.defineProperty(process, "platform", { ...own, value: platform });
  onTestFinished(() => void Object.defineProperty(process, "platform", own));
}

describe("renameOver", () => {
  beforeEach(() => void vi.mocked(rename).mockReset());

  it("waits on Windows where another program has the file open", async () => {
    standIn("win32");
    for (const code of ["EPERM", "EACCES", "EBUSY"]) inUse(1, code);
    await renameOver("draft", "config.toml");
    expect(vi.mocked(rename).mock.calls).toEqual(Array.from({ length: 4 }, () => ["draft", "config.toml"]));
  });

  it("gives up where that does not pass", async () => {
    standIn("win32");
    inUse(100);
    await expect(renameOver("draft", "config.toml")).rejects.toMatchObject({ code: "EPERM" });
  });

  it.each([
    ["win32", "ENOENT"],
    ["linux", "EPERM"],
  ] as const)("does not wait on %s for %s, which will not pass", async (platform, code) => {
    standIn(platform);
    inUse(1, code);
    await expect(renameOver("draft", "config.toml")).rejects.toMatchObject({ code });
    expect(rename).toHaveBeenCalledTimes(1);
  });
});
