import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scratchHome } from "./commands/scratchHome.js";

/** The built program, which is what a shortcut starts: `npm test` builds it first. */
const program = "dist/codexcompw.js";

describe.skipIf(!existsSync(program))("the codexcompw process", () => {
  it("writes to its log what codexcomp would write to the terminal, and ends as that would", async () => {
    const home = await scratchHome();
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "--nonsense"], {
      encoding: "utf8",
      env: home.env,
    });
    expect([status, stdout, stderr]).toEqual([2, "", ""]);
    expect(readFileSync(join(home.path, ".local/state/codexcomp/codexcomp.log"), "utf8")).toMatch(
      /^codexcompw: started, process \d+\ncodexcomp: unknown flag --nonsense.*\ncodexcompw: ended with 2\n$/,
    );
  });

  it.skipIf(process.platform === "win32")("does not need a console", async () => {
    const home = await scratchHome();
    const script = `exec "${process.execPath}" ${program} --version <&- >&- 2>&-`;
    const [code] = (await once(spawn("sh", ["-c", script], { env: home.env }), "close")) as [number];
    expect(code).toBe(0);
    expect(await home.read(".local/state/codexcomp/codexcomp.log")).toMatch(/\n\d+\.\d+\.\d+\n/);
  });
});
