import { appendFile, chmod, mkdir, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { showFile } from "../../../src/commands/logs/showFile.js";
import { logSource } from "../../../src/commands/logs/showLogs.js";
import { managerOf } from "../../../src/service/platform.js";
import { memoryOutput, runLine } from "../capture.js";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "codexcomp-logs-"));
  path = join(folder, "codexcomp.log");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("logSource", () => {
  it.each([
    ["linux", { kind: "systemd" }],
    ["darwin", { kind: "file", path: expect.stringMatching(/Library\/Logs\/codexcomp\/codexcomp\.log$/) }],
    ["win32", { kind: "file", path: "C:\\Local\\codexcomp\\codexcomp.log" }],
  ] as const)("is the service's, where one is installed on %s", async (platform, source) => {
    const env = { HOME: folder, LOCALAPPDATA: "C:\\Local" };
    const unit = managerOf(platform)?.path(env);
    if (unit) {
      await mkdir(dirname(unit), { recursive: true });
      await writeFile(unit, "");
    }
    expect(logSource(platform, env, false)).toEqual(source);
  });

  it("is that of codexcomp exec where there is no service, or where it is asked for", async () => {
    const env = { HOME: folder };
    const own = { kind: "file", path: join(folder, ".local/state/codexcomp/codexcomp.log") };
    expect(logSource("linux", env, false)).toEqual(own);
    const unit = managerOf("linux")?.path(env) ?? "";
    await mkdir(dirname(unit), { recursive: true });
    await writeFile(unit, "");
    expect(logSource("linux", env, false)).toEqual({ kind: "systemd" });
    expect(logSource("linux", env, true)).toEqual(own);
  });
});

describe("showFile", () => {
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join("");

  function show(flags: { follow: boolean; lines: number }) {
    const stop = new AbortController();
    const [stdout, stderr] = [memoryOutput(), memoryOutput()];
    const code = showFile(path, { flags: { ...flags, exec: false }, signal: stop.signal, stdout, stderr });
    const shows = (text: string) => vi.waitFor(() => expect(stdout.text()).toBe(text), { timeout: 10_000 });
    return { code, stop: () => stop.abort(), stdout, stderr, shows };
  }

  it.each([
    [3, numbered(19_997, 20_000)],
    [20_000, numbered(0, 20_000)],
    [99_999, numbered(0, 20_000)],
    [0, ""],
  ])("shows the last %s lines", async (lines, text) => {
    await writeFile(path, numbered(0, 20_000));
    const { code, stdout } = show({ follow: false, lines });
    expect(await code).toBe(0);
    expect(stdout.text()).toBe(text);
  });

  it("shows a last line that is not finished", async () => {
    await writeFile(path, "a\nb");
    const { code, stdout } = show({ follow: false, lines: 1 });
    await code;
    expect(stdout.text()).toBe("b");
  });

  it("follows what is added, through truncation and rotation, until it is stopped", async () => {
    await writeFile(path, numbered(0, 5));
    const { code, stop, shows } = show({ follow: true, lines: 1 });
    await shows("line 4\n");
    await appendFile(path, "five\n");
    await shows("line 4\nfive\n");
    await truncate(path);
    await appendFile(path, "six\n");
    await shows("line 4\nfive\nsix\n");
    await appendFile(path, "the last of this file\n");
    await rename(path, `${path}.old`);
    await writeFile(path, "seven\n");
    await shows("line 4\nfive\nsix\nthe last of this file\nseven\n");
    stop();
    expect(await code).toBe(0);
  });

  it("waits for a file to follow", async () => {
    const { code, stop, shows, stderr } = show({ follow: true, lines: 10 });
    await vi.waitFor(() => expect(stderr.text()).toContain("waiting for"));
    await writeFile(path, "first\n");
    await shows("first\n");
    stop();
    expect(await code).toBe(0);
  });

  it("says where it looked in vain", async () => {
    await expect(show({ follow: false, lines: 1 }).code).rejects.toThrow(`no log at ${path}`);
  });
});

describe.skipIf(process.platform !== "linux")("codexcomp logs on Linux", () => {
  /** A journalctl that tells how it was called, and then acts. */
  async function journalctl(action: string) {
    const tool = join(folder, "journalctl");
    await writeFile(tool, `#!/bin/sh\necho "$@"\n${action}\n`);
    await chmod(tool, 0o755);
    return { ...(await installed()), PATH: `${folder}:${process.env["PATH"]}` };
  }

  /** A home with a unit in it. */
  async function installed() {
    const unit = join(folder, ".config/systemd/user/codexcomp.service");
    await mkdir(dirname(unit), { recursive: true });
    await writeFile(unit, "");
    return { HOME: folder };
  }

  it("asks the user's journal for the unit", async () => {
    const env = await journalctl("echo complaint >&2");
    expect(await runLine(["logs", "-n", "7"], { env })).toEqual({
      code: 0,
      stdout: "--user --unit=codexcomp.service --lines=7 --output=cat --no-pager\n",
      stderr: "complaint\n",
    });
  });

  it("follows until it is interrupted, which is no failure", async () => {
    const stop = new AbortController();
    const env = await journalctl('touch "$(dirname "$0")/started"; exec sleep 60');
    const running = runLine(["logs", "-f"], { env, signal: stop.signal });
    const { access } = await import("node:fs/promises");
    await vi.waitFor(() => access(join(folder, "started")), { timeout: 10_000 });
    stop.abort();
    expect(await running).toMatchObject({ code: 0, stdout: expect.stringContaining("--follow") });
  });

  it("says so where the service has logged nothing", async () => {
    await journalctl("");
    await writeFile(join(folder, "journalctl"), "#!/bin/sh\n");
    const { code, stdout, stderr } = await runLine(["logs"], {
      env: { ...(await installed()), PATH: folder },
    });
    expect([code, stdout, stderr]).toEqual([0, "", "the service has logged nothing: is it installed?\n"]);
  });

  it("fails where journalctl fails", async () => {
    expect((await runLine(["logs"], { env: await journalctl("exit 3") })).code).toBe(1);
  });

  it("says why there is no log without systemd", async () => {
    const { code, stderr } = await runLine(["logs"], { env: { ...(await installed()), PATH: folder } });
    expect([code, stderr]).toEqual([1, expect.stringContaining("no journalctl")]);
  });
});
