import { spawnSync } from "node:child_process";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemd } from "../../src/service/systemd.js";
import { systemdSocket, systemdUnit } from "../../src/service/systemdUnit.js";
import { HOSTILE, launch } from "./launches.js";

// That the service does what it says is tested with a real systemd: test/e2e/systemd.

describe("systemdUnit", () => {
  const lines = (unit: string) => unit.split("\n");

  it("starts the script with absolute paths, and again when it fails", () => {
    const unit = systemdUnit({ ...launch(), node: "/usr/bin/node", script: "/opt/codexcomp/dist/cli.js" });
    expect(lines(unit)).toContain("ExecStart=/usr/bin/node /opt/codexcomp/dist/cli.js run --port=8787");
    expect(lines(unit)).toContain("Restart=on-failure");
    expect(lines(unit)).toContain("WantedBy=default.target");
  });

  it("escapes what systemd would expand", () => {
    const unit = systemdUnit({
      node: "/a b/$x/50%/node",
      script: "/s",
      args: HOSTILE.slice(0, 3),
      variables: { NO_PROXY: "a b,%h,$x" },
    });
    expect(lines(unit)).toContain(
      `ExecStart="/a b/$x/50%%/node" /s "$$HOME $\${PATH}" "100%% %%h" "a \\"b\\" c"`,
    );
    expect(lines(unit)).toContain('Environment="NO_PROXY=a b,%%h,$x"');
  });

  it("has its port held by a second unit, where it is said on which address", () => {
    expect(lines(systemdUnit(launch({ socket: "127.0.0.1:8787" })))).toContain("Requires=codexcomp.socket");
    expect(systemdUnit(launch())).not.toContain("socket");
    expect(lines(systemdSocket("[::1]:8787"))).toContain("ListenStream=[::1]:8787");
  });

  it.runIf(spawnSync("systemd-analyze", ["--version"]).status === 0)(
    "passes systemd-analyze verify, with the socket that it needs",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "codexcomp-unit-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const hostile = launch({ args: HOSTILE, variables: { NO_PROXY: "a b,%h" }, socket: "127.0.0.1:8787" });
      const paths = systemd.files(hostile, { XDG_CONFIG_HOME: folder }).map(({ path }) => path);
      await mkdir(join(folder, "systemd/user"), { recursive: true });
      for (const { path, text } of systemd.files(hostile, { XDG_CONFIG_HOME: folder }))
        await writeFile(path, text);
      expect(paths).toHaveLength(2);
      const env = { ...process.env, XDG_RUNTIME_DIR: folder, HOME: folder };
      const { status, stderr } = spawnSync("systemd-analyze", ["--user", "verify", ...paths], {
        env,
        encoding: "utf8",
      });
      expect([status, stderr]).toEqual([0, ""]);
    },
  );
});
