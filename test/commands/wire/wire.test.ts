import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runLine } from "../capture.js";
import { startProxy } from "../../transport/support/proxy.js";
import { scratchHome, type ScratchHome } from "../scratchHome.js";
import { freePort } from "../../transport/support/upstreams.js";

const CONFIG = ".codex/config.toml";
const MEMORY = ".local/state/codexcomp/wired.json";
const ON_POSIX = process.platform !== "win32";

const before = `model = "m"\n\n[mcp_servers.x]\nenv = { TOKEN = "sk-secret" }\n`;
const after = (port: number) =>
  before.replace("\n\n", `\nopenai_base_url = "http://127.0.0.1:${port}/v1"\n\n`);

const run = (home: ScratchHome, ...argv: string[]) => runLine(argv, { env: home.env });
const backupsOf = async (home: ScratchHome) => (await home.files()).filter((name) => name.endsWith(".bak"));

/** Answers `/healthz` with a text. */
async function answering(text: string): Promise<number> {
  const server: Server = createServer((request, response) => {
    response.statusCode = request.url === "/healthz" ? 200 : 404;
    response.end(text);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("wire", () => {
  it("puts the line in, keeps a copy, and is taken back without a trace", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    const port = await freePort();

    const wired = await run(home, "wire", `--port=${port}`);
    expect(wired).toMatchObject({ code: 0, stdout: expect.stringContaining(`http://127.0.0.1:${port}/v1`) });
    expect(wired.stderr).toContain("nothing runs");
    expect(await home.read(CONFIG)).toBe(after(port));
    const [backup = ""] = await backupsOf(home);
    expect(backup).toMatch(/config\.toml\.codexcomp-\d{4}-\d\d-\d\dT.*\.bak$/);
    expect(await home.read(backup)).toBe(before);
    expect(JSON.parse(await home.read(MEMORY))).toMatchObject({
      wiredAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });

    const unwired = await run(home, "unwire");
    expect(unwired).toMatchObject({ code: 0, stdout: expect.stringContaining("exactly as it was") });
    expect(await home.read(CONFIG)).toBe(before);
    expect(await home.files()).toEqual([CONFIG]);
  });

  it("says both ways to go on where nothing runs and no service is installed", async () => {
    const home = await scratchHome();
    const { stderr } = await run(home, "wire", `--port=${await freePort()}`);
    expect(stderr).toContain('Either "codexcomp install-service"');
    expect(stderr).toContain('"codexcomp codex", which needs no wiring');
  });

  it.skipIf(process.platform !== "linux")(
    "names the service where one is installed and does not run",
    async () => {
      const home = await scratchHome();
      await home.write(".config/systemd/user/codexcomp.service", "");
      const { stderr } = await run(home, "wire", `--port=${await freePort()}`);
      expect(stderr).toContain("The service is installed: systemctl --user restart codexcomp.service");
    },
  );

  it("with --if-running changes nothing where no codexcomp runs", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    const port = await freePort();
    const refused = await run(home, "wire", "--if-running", `--port=${port}`);
    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr: `codexcomp: not wired: nothing runs on port ${port} (--if-running)\n`,
    });
    expect(await home.files()).toEqual([CONFIG]);
    const { url } = await startProxy("http://127.0.0.1:9");
    const wired = await run(home, "wire", "--if-running", `--port=${new URL(url).port}`);
    expect(wired).toMatchObject({ code: 0, stderr: "" });
  });

  it("changes nothing the second time", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    await run(home, "wire");
    const files = await home.files();
    const memory = await home.read(MEMORY);
    expect(await run(home, "wire")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("already wired"),
    });
    expect(await home.read(CONFIG)).toBe(after(8787));
    expect(await home.files()).toEqual(files);
    expect(await home.read(MEMORY)).toBe(memory);
  });

  it("moves to another port, and still finds back", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    await run(home, "wire");
    const { wiredAt } = JSON.parse(await home.read(MEMORY)) as { wiredAt: string };
    expect(await run(home, "wire", "--port", "9000")).toMatchObject({ code: 0 });
    expect(await home.read(CONFIG)).toBe(after(9000));
    expect(JSON.parse(await home.read(MEMORY))).toMatchObject({ wiredAt });
    await run(home, "unwire");
    expect(await home.read(CONFIG)).toBe(before);
    expect(await home.files()).toEqual([CONFIG]);
  });

  it("makes the file, and the folder, where Codex has none yet, and removes them again", async () => {
    const home = await scratchHome();
    expect(await run(home, "wire")).toMatchObject({ code: 0 });
    expect(await home.read(CONFIG)).toBe(`openai_base_url = "http://127.0.0.1:8787/v1"\n`);
    expect(await run(home, "unwire")).toMatchObject({ code: 0 });
    await expect(stat(join(home.path, ".codex"))).rejects.toThrow("ENOENT");
    expect(await home.files()).toEqual([]);
  });

  it("keeps a file it made once somebody else has written to it", async () => {
    const home = await scratchHome();
    await run(home, "wire");
    await writeFile(join(home.path, CONFIG), `${await home.read(CONFIG)}model = "m"\n`);
    await run(home, "unwire");
    expect(await home.read(CONFIG)).toBe(`model = "m"\n`);
  });

  it("finds Codex' folder by --codex-home, then CODEX_HOME", async () => {
    const home = await scratchHome();
    await mkdir(join(home.path, "a"));
    await mkdir(join(home.path, "b"));
    const env = { ...home.env, CODEX_HOME: join(home.path, "a") };
    await runLine(["wire"], { env });
    await runLine(["wire", "--codex-home", join(home.path, "b")], { env });
    expect(await home.files()).toEqual([MEMORY, "a/config.toml", "b/config.toml"]);
    await runLine(["unwire"], { env });
    expect(await home.files()).toEqual([MEMORY, "b/config.toml"]);
  });

  it("does not make a folder that was named: it may be a typing error", async () => {
    const home = await scratchHome();
    const { code, stderr } = await run(home, "wire", "--codex-home", join(home.path, "typo"));
    expect([code, stderr]).toEqual([1, expect.stringContaining("typo is no folder")]);
    expect(await home.files()).toEqual([]);
  });

  it.runIf(ON_POSIX)("keeps permissions, and writes through symbolic links", async () => {
    const home = await scratchHome();
    const target = await home.write("dotfiles/codex.toml", before);
    await chmod(target, 0o640);
    await mkdir(join(home.path, ".codex"));
    await symlink("../dotfiles/codex.toml", join(home.path, CONFIG));

    await run(home, "wire");
    expect((await lstat(join(home.path, CONFIG))).isSymbolicLink()).toBe(true);
    expect(await readFile(target, "utf8")).toBe(after(8787));
    expect((await stat(target)).mode & 0o777).toBe(0o640);
    await run(home, "unwire");
    expect(await readFile(target, "utf8")).toBe(before);
    expect(await home.files()).toEqual([CONFIG, "dotfiles/codex.toml"]);
  });

  it.runIf(ON_POSIX)(
    "makes the file that a dangling link points to, and keeps the link when it goes",
    async () => {
      const home = await scratchHome();
      await mkdir(join(home.path, ".codex"));
      await symlink("../real.toml", join(home.path, CONFIG));
      await run(home, "wire");
      expect(await home.files()).toEqual([CONFIG, MEMORY, "real.toml"]);
      expect((await stat(join(home.path, "real.toml"))).mode & 0o777).toBe(0o600);
      await run(home, "unwire");
      expect(await home.files()).toEqual([CONFIG]);
    },
  );

  // What Windows and macOS have beside links: other cases of the same name.
  it.runIf(ON_POSIX)("is taken back under another name of the same folder", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    await symlink(".codex", join(home.path, "CODEX"));
    await run(home, "wire", "--port=9001", "--codex-home", join(home.path, "CODEX"));
    expect((await run(home, "unwire")).stdout).toContain("exactly as it was");
    expect(await home.read(CONFIG)).toBe(before);
    // Node 26 looks through the link as well.
    expect((await home.files()).filter((file) => !file.startsWith("CODEX"))).toEqual([CONFIG]);
  });

  it.each([
    [`openai_base_url = "https://me:pass@eu.example/v1?key=sk-secret"\n`, "https://***@eu.example/v1?***"],
    [`a = 1\nmodel_provider = "azure"\n`, `line 2 of`],
    ["openai_base_url = 1\n", "openai_base_url = no text"],
  ])("refuses %j, and says what it found", async (text, found) => {
    const home = await scratchHome();
    await home.write(CONFIG, text);
    const { code, stdout, stderr } = await run(home, "wire");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(found);
    expect(stderr).toContain("--force");
    expect(stderr).not.toMatch(/secret|pass/);
    expect(await home.files()).toEqual([CONFIG]);
    expect(await home.read(CONFIG)).toBe(text);
  });

  it("with --force replaces them, remembers them, and shows no credentials", async () => {
    const home = await scratchHome();
    const text = `openai_base_url = 'https://me:pass@eu.example/v1' # EU\nmodel_provider = "azure"\n`;
    await home.write(CONFIG, text);
    const dry = await run(home, "wire", "--force", "--dry-run");
    const json = await run(home, "wire", "--force", "--json");
    expect(dry.stdout + json.stdout).not.toContain("pass");
    expect(await home.read(CONFIG)).toBe(
      `openai_base_url = "http://127.0.0.1:8787/v1" # EU\nmodel_provider = "openai"\n`,
    );
    if (ON_POSIX) expect((await stat(join(home.path, MEMORY))).mode & 0o777).toBe(0o600);
    await run(home, "unwire");
    expect(await home.read(CONFIG)).toBe(text);
  });

  it("names the line of invalid TOML, and touches nothing", async () => {
    const home = await scratchHome();
    const text = `a = 1\ntoken = "sk-secret\n`;
    await home.write(CONFIG, text);
    for (const command of ["wire", "unwire"]) {
      const { code, stderr } = await run(home, command);
      expect([code, stderr]).toEqual([1, expect.stringContaining("line 2 of")]);
      expect(stderr).not.toContain("secret");
    }
    expect(await home.files()).toEqual([CONFIG]);
    expect(await home.read(CONFIG)).toBe(text);
  });

  it("names the line of what is not UTF-8", async () => {
    const home = await scratchHome();
    const path = await home.write(CONFIG, "");
    await writeFile(path, Buffer.from([0x23, 0x0a, 0x23, 0xff, 0x0a]));
    expect((await run(home, "wire")).stderr).toContain("line 2 of");
  });

  it("--dry-run prints the diff and changes nothing", async () => {
    const home = await scratchHome();
    const path = await home.write(CONFIG, before);
    const { code, stdout } = await run(home, "wire", "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toBe(
      `--- ${path}\n+++ ${path}\n@@ -1,0 +2 @@\n+openai_base_url = "http://127.0.0.1:8787/v1"\n`,
    );
    expect(await home.files()).toEqual([CONFIG]);
    expect(await home.read(CONFIG)).toBe(before);
  });

  it("leaves nothing behind where it cannot remember what it does", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    await home.write(".local/state", "a file where a folder should be");
    expect(await run(home, "wire")).toMatchObject({ code: 1, stdout: "" });
    expect(await home.files()).toEqual([CONFIG, ".local/state"]);
    expect(await home.read(CONFIG)).toBe(before);
  });

  it("warns of profiles that lead elsewhere", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, `[profiles.old]\nmodel_provider = "azure"\n[profiles.fine]\nmodel = "m"\n`);
    await home.write(".codex/eu.config.toml", `openai_base_url = "https://eu.example/v1"\n`);
    await home.write(".codex/fast.config.toml", `model = "m"\n`);
    const { code, stderr } = await run(home, "wire");
    expect(code).toBe(0);
    expect(stderr).toContain("[profiles.old], eu.config.toml\n");
  });
});

describe("wire, where a proxy is in the way", () => {
  it("says that Codex would look for 127.0.0.1 at that proxy", async () => {
    const home = await scratchHome();
    const { stderr } = await runLine(["wire"], {
      env: { ...home.env, HTTP_PROXY: "http://me:secret@proxy:1" },
    });
    expect(stderr).toContain("export NO_PROXY=127.0.0.1");
    expect(stderr).not.toContain("secret");
  });
});

describe("unwire", () => {
  it("takes back only its line when others have been changed since, and names the copy", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    await run(home, "wire");
    await writeFile(join(home.path, CONFIG), after(8787).replace(`"m"`, `"n"`));
    const { stdout } = await run(home, "unwire");
    expect(await home.read(CONFIG)).toBe(before.replace(`"m"`, `"n"`));
    const [backup = ""] = await backupsOf(home);
    expect(stdout).toContain(backup);
    expect(await home.files()).toEqual([CONFIG, backup]);
  });

  it("leaves a URL that somebody has put there since", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    await run(home, "wire");
    const changed = after(8787).replace("http://127.0.0.1:8787/v1", "https://eu.example/v1");
    await writeFile(join(home.path, CONFIG), changed);
    expect(await run(home, "unwire")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("changed since"),
    });
    expect(await home.read(CONFIG)).toBe(changed);
  });

  it("has nothing to do where nothing is wired", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    expect(await run(home, "unwire")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("not wired"),
    });
    expect(await home.files()).toEqual([CONFIG]);
  });

  it("takes back a line put in by hand only for the port it is told", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, after(9000));
    await run(home, "unwire");
    expect(await home.read(CONFIG)).toBe(after(9000));
    await run(home, "unwire", "--port", "9000");
    expect(await home.read(CONFIG)).toBe(before);
  });

  it("--dry-run shows the way back", async () => {
    const home = await scratchHome();
    await home.write(CONFIG, before);
    await run(home, "wire");
    const { stdout } = await run(home, "unwire", "--dry-run");
    expect(stdout).toContain(`-openai_base_url = "http://127.0.0.1:8787/v1"`);
    expect(await home.read(CONFIG)).toBe(after(8787));
  });
});

describe("wire --check", () => {
  const healthy = `{"ok":true,"version":"1.2.3","upstream":"auto"}`;
  const wiredTo = async (port: number) => {
    const home = await scratchHome();
    await home.write(CONFIG, after(port));
    return home;
  };

  it("says who answers, in one line", async () => {
    const port = await answering(healthy);
    const home = await wiredTo(port);
    expect(await run(home, "wire", "--check")).toEqual({
      code: 0,
      stdout: `wired: Codex -> http://127.0.0.1:${port}/v1 -> codexcomp 1.2.3 -> auto\n`,
      stderr: "",
    });
    expect(JSON.parse((await run(home, "wire", "--check", "--json")).stdout)).toMatchObject({
      ok: true,
      version: "1.2.3",
    });
    expect(await home.files()).toEqual([CONFIG]);
  });

  it.each([
    ["nothing there", async () => wiredTo(await freePort()), "nothing runs there"],
    ["another server", async () => wiredTo(await answering("<html>")), "no codexcomp"],
    [
      "another server with a health page",
      async () => wiredTo(await answering(`{"ok":true}`)),
      "no codexcomp",
    ],
    ["no line", async () => scratchHome(), "no openai_base_url"],
  ])("fails with %s", async (_name, make, reason) => {
    const { code, stdout } = await run(await make(), "wire", "--check");
    expect([code, stdout]).toEqual([1, expect.stringMatching(new RegExp(`^.*${reason}.*\n$`))]);
  });

  it.each([
    [`openai_base_url = "https://eu.example/v1"`, "eu.example"],
    [`openai_base_url = "http://127.0.0.1:1"`, "127.0.0.1:1"],
    [`openai_base_url = "http://127.0.0.1:1/v1"\nmodel_provider = "azure"`, "azure"],
    [`openai_base_url = "x`, "line 1 of"],
  ])("fails with %s", async (config, reason) => {
    const home = await scratchHome();
    await home.write(CONFIG, config);
    const { code, stdout } = await run(home, "wire", "--check");
    expect([code, stdout]).toEqual([1, expect.stringContaining(reason)]);
  });

  it("with --port wants that one", async () => {
    const port = await answering(healthy);
    const home = await wiredTo(port);
    expect(await run(home, "wire", "--check", "--port", "1")).toMatchObject({ code: 1 });
    expect(await run(home, "wire", "--check", "--port", String(port))).toMatchObject({ code: 0 });
  });
});
