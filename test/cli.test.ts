import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { describe, expect, it } from "vitest";

/** The built program, which is what people run: `npm test` builds it first. */
const cli = "dist/cli.js";
const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", env: { ...process.env, ...env } });

describe.skipIf(!existsSync(cli))("the codexcomp process", () => {
  it("keeps data on stdout and complaints on stderr", () => {
    expect(run(["--version"])).toMatchObject({ status: 0, stderr: "" });
    expect(run(["--nonsense"])).toMatchObject({ status: 2, stdout: "" });
  });

  it("writes all of a long text into a pipe before it ends", () => {
    const { stdout } = run(["completion", "powershell"]);
    expect(stdout.trimEnd().endsWith("}")).toBe(true);
  });

  it("ends quietly when nobody reads on", async () => {
    const child = spawn(process.execPath, [cli, "help", "run"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    const [code] = (await once(child, "close")) as [number];
    expect([code, complaints]).toEqual([0, ""]);
  });
});
