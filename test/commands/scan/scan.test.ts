import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ScanReport } from "../../../src/commands/scan/report.js";
import { runLine } from "../capture.js";
import { expectToStandAlone } from "../standsAlone.js";
import { idAt, session, tokens, turn } from "./logs.js";

const fixtures = "test/fixtures/sessions";
let folder = "";
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "codexcomp-scan-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const scan = (home: string, ...flags: string[]) =>
  runLine(["scan", "--codex-home", home, "--since", "all", ...flags], { env: { XDG_STATE_HOME: folder } });

describe("codexcomp scan", () => {
  it.each([
    ["codex-0.142", ["2026-11-16,gpt-5.5,high,no,4,3,1,0.01"]],
    ["codex-0.169", ["2026-11-16,gpt-5.5,high,no,5,4,3,0.01", "2026-11-16,gpt-5.6-luna,xhigh,no,1,1,0,0.00"]],
  ])("counts every response that %s logged, once", async (version, rows) => {
    const { code, stdout, stderr } = await scan(join(fixtures, version), "--csv");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.trim().split("\n").slice(1)).toEqual(rows);
  });

  it("prints its report as JSON", async () => {
    const { stdout } = await scan(join(fixtures, "codex-0.169"), "--json");
    expect(JSON.parse(stdout) as ScanReport).toMatchObject({
      files: 4,
      responses: 6,
      withReasoning: 5,
      fingerprinted: 3,
      affected: true,
      tiers: { 1: 2, 2: 1 },
      unreadable: [],
    });
  });

  it("shows people what it found", async () => {
    const { stdout } = await scan(join(fixtures, "codex-0.169"));
    expect(stdout).toMatch(/gpt-5\.5 +high +4 +3 +75\.0%/);
    expect(stdout).toMatch(/^ +516 █+ 2$/m);
    expect(stdout).toMatch(/^Affected\. 3 of 5 responses/m);
  });

  it("compares before and since Codex was wired", async () => {
    await mkdir(join(folder, "codexcomp"));
    await writeFile(join(folder, "codexcomp", "wired.json"), '{"wiredAt":"2026-11-22T16:30:00Z"}');
    const { stdout } = await scan(join(fixtures, "codex-0.169"));
    expect(stdout).toMatch(/^Before Codex was wired .*2 of 4 responses/ms);
    expect(stdout).toMatch(/^Since then: .*1 of 1 responses/m);
  });

  it("looks back as far as it is told", async () => {
    const log = [session(idAt(0)), turn(idAt(1)), tokens(516, 516, "2025-01-01T00:00:00Z")];
    await mkdir(join(folder, "sessions"));
    await writeFile(join(folder, "sessions", "rollout.jsonl"), log.join("\n"));
    const asked = ["scan", "--codex-home", folder, "--json", "--since"];
    const counts = await Promise.all(
      ["2024-12-01", "2025-02-01", "12h"].map((since) => runLine([...asked, since])),
    );
    expect(counts.map(({ stdout }) => (JSON.parse(stdout) as ScanReport).responses)).toEqual([1, 0, 0]);
  });

  it("finds Codex where CODEX_HOME says", async () => {
    const { stdout } = await runLine(["scan", "--since", "all", "--csv"], {
      env: { CODEX_HOME: join(fixtures, "codex-0.142"), XDG_STATE_HOME: folder },
    });
    expect(stdout).toContain("gpt-5.5,high,no,4,3,1");
  });

  it("names logs that it could not read to the end, and counts the rest", async () => {
    await cp(join(fixtures, "codex-0.142"), folder, { recursive: true });
    await writeFile(join(folder, "sessions", "broken.jsonl.zst"), "no zstd");
    const { code, stdout } = await scan(folder);
    expect(code).toBe(0);
    expect(stdout).toContain("3 session logs");
    expect(stdout).toMatch(/: 4 responses/);
    expect(stdout).toContain("broken.jsonl.zst");
  });

  it("shows its progress on a terminal, and leaves nothing of it", async () => {
    const { stderr, stdout } = await runLine(
      ["scan", "--since", "all", "--codex-home", join(fixtures, "codex-0.142")],
      { columns: 80, env: { XDG_STATE_HOME: folder, NO_COLOR: "1" } },
    );
    expect(stderr).toContain("2 session logs");
    expect(stderr.endsWith("\r\u001b[K")).toBe(true);
    expect(stdout).not.toContain("\u001b");
  });

  it("fails where there are no sessions", async () => {
    expect(await scan(folder)).toMatchObject({ code: 1, stderr: expect.stringContaining("no session logs") });
  });

  it("draws charts into a file that needs nothing else and tells nothing personal", async () => {
    const home = join(folder, "somebody's home");
    const file = join(folder, "scan.html");
    await cp(join(fixtures, "codex-0.169"), home, { recursive: true });
    const { code, stdout, stderr } = await scan(home, "--html", file);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`charts: ${file}\n`);
    const html = await readFile(file, "utf8");
    expectToStandAlone(html);
    for (const word of ["Reasoning tokens per response", "3 of 5 responses", "gpt-5.6-luna", "xhigh"])
      expect(html).toContain(word);
    for (const word of [folder, "somebody", "rollout", ".jsonl", "sessions"])
      expect(html).not.toContain(word);

    await writeFile(file, "an older one, ".repeat(10_000));
    expect((await scan(home, "--html", file)).code).toBe(0);
    expect((await readFile(file, "utf8")).startsWith("<!doctype html>")).toBe(true);
    expect(await readFile(file, "utf8")).not.toContain("an older one");
  });

  it("says so where the charts' file cannot be written, or together with another format", async () => {
    const home = join(fixtures, "codex-0.169");
    const { code, stderr } = await scan(home, "--html", join(folder, "no", "such.html"));
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/--html .*such\.html cannot be written: ENOENT/),
    ]);
    expect(await scan(home, "--html", "x.html", "--json")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--json, --csv and --html exclude each other"),
    });
  });

  it("is used wrongly with two formats, or a time it does not know", async () => {
    expect((await scan(fixtures, "--json", "--csv")).code).toBe(2);
    const { code, stderr } = await runLine(["scan", "--since", "yesterday"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--since must be a time ago")]);
  });

  it("stops when it is interrupted", async () => {
    const { code, stdout, stderr } = await runLine(
      ["scan", "--since", "all", "--codex-home", fixtures + "/codex-0.142"],
      {
        signal: AbortSignal.abort("SIGINT"),
      },
    );
    expect([code, stdout, stderr]).toEqual([130, "", ""]);
  });
});
