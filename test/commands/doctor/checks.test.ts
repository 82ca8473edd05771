import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Environment } from "../../../src/commands/command.js";
import { checkClock } from "../../../src/commands/doctor/checks/clock.js";
import { checkEnvFile } from "../../../src/commands/doctor/checks/envFile.js";
import { checkLogin, loginOf } from "../../../src/commands/doctor/checks/login.js";
import { checkNode } from "../../../src/commands/doctor/checks/node.js";
import {
  checkPort,
  listeningInode,
  lsofOwner,
  netstatPid,
} from "../../../src/commands/doctor/checks/port.js";
import { checkProxies } from "../../../src/commands/doctor/checks/proxies.js";
import { checkService } from "../../../src/commands/doctor/checks/service.js";
import { systemd } from "../../../src/service/systemd.js";
import { packageVersion } from "../../../src/version.js";
import { freePort } from "../../transport/support/upstreams.js";
import { scratchHome } from "../scratchHome.js";

describe("checkNode", () => {
  it.each([
    ["20.18.0", "fail"],
    ["20.18.1", "ok"],
    ["20.9.0", "fail"],
    ["22.0.0-nightly", "ok"],
    ["18.20.4", "fail"],
  ])("%s: %s", (version, status) => {
    expect(checkNode(version).status).toBe(status);
  });
});

describe("checkLogin", () => {
  it.each([
    ["ChatGPT", `{"OPENAI_API_KEY":null,"tokens":{"access_token":"sk-secret"}}`, "ok", "ChatGPT"],
    [
      "ChatGPT by its mode",
      `{"auth_mode":"chatgptAuthTokens","OPENAI_API_KEY":"sk-secret"}`,
      "ok",
      "ChatGPT",
    ],
    ["an API key", `{"OPENAI_API_KEY":"sk-secret"}`, "ok", "API key"],
    ["something newer", `{"auth_mode":"agentIdentity","agent_identity":"sk-secret"}`, "ok", "another kind"],
    ["no JSON", `{"OPENAI_API_KEY":"sk-secret`, "warn", "cannot be read"],
  ])("tells %s, and nothing of what is in it", async (_name, auth, status, words) => {
    const home = await scratchHome();
    await home.write(".codex/auth.json", auth);
    const finding = checkLogin(await loginOf(undefined, home.env));
    expect(finding).toMatchObject({ status, detail: expect.stringContaining(words) });
    expect(JSON.stringify(finding)).not.toContain("secret");
  });

  it("does not look into the keyring", async () => {
    const home = await scratchHome();
    await home.write(".codex/config.toml", `cli_auth_credentials_store = "keyring"\n`);
    expect(checkLogin(await loginOf(undefined, home.env))).toMatchObject({ status: "ok" });
  });

  it("finds a key in the environment", async () => {
    const home = await scratchHome();
    const finding = checkLogin(await loginOf(undefined, { ...home.env, CODEX_API_KEY: "sk-secret" }));
    expect(finding).toMatchObject({ status: "ok", detail: "API key (CODEX_API_KEY)" });
  });

  it("says how to log in", async () => {
    const home = await scratchHome();
    expect(checkLogin(await loginOf(undefined, home.env))).toMatchObject({
      status: "warn",
      fix: "codex login",
    });
  });
});

describe("checkEnvFile", () => {
  async function checked(text: string, env: Environment = {}) {
    const home = await scratchHome();
    const path = await home.write(".codex/.env", text);
    return { path, found: await checkEnvFile(undefined, { HOME: home.path, ...env }) };
  }

  it("has nothing to say where there is none, or none with a proxy", async () => {
    const { env } = await scratchHome();
    expect(await checkEnvFile(undefined, env)).toEqual([]);
    expect((await checked("OTHER=1\nHTTP_PROXY=\nCODEX_HTTP_PROXY=x\n")).found).toEqual([]);
  });

  it.each([
    ["# mine\nHTTP_PROXY=http://127.0.0.1:PORT\n", 2],
    ["\n\nexport https_proxy = 'http://me:secret@127.0.0.1:PORT' # old\n", 3],
    ['ALL_PROXY="socks5://127.0.0.1:PORT"\r\n', 1],
  ])("names the line of a proxy that is gone: %j", async (text, line) => {
    const port = await freePort();
    const { path, found } = await checked(text.replace("PORT", `${port}`));
    expect(found).toEqual([
      expect.objectContaining({
        id: "env-file",
        status: "fail",
        detail: expect.stringMatching(
          new RegExp(`^line ${line} of .*\\.env: \\w+=\\w+://127\\.0\\.0\\.1:${port} does not answer`),
        ),
        fix: `\${EDITOR:-vi} +${line} '${path}'`,
      }),
    ]);
    expect(JSON.stringify(found)).not.toContain("secret");
  });

  it("names the line that leads Codex past codexcomp, with a proxy that lives", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const proxy = `HTTP_PROXY=http://127.0.0.1:${(server.address() as AddressInfo).port}\n`;
    const [one] = (await checked(`A=1\n${proxy}`)).found;
    expect(one).toMatchObject({ status: "fail", detail: expect.stringMatching(/^line 2 of /) });
    const [two] = (await checked(`${proxy}NO_PROXY=localhost\n`, { NO_PROXY: "127.0.0.1" })).found;
    expect(two).toMatchObject({ status: "fail", detail: expect.stringMatching(/^line 2 of .*NO_PROXY/) });
    expect((await checked(proxy, { NO_PROXY: "127.0.0.1" })).found).toMatchObject([{ status: "ok" }]);
  });
});

describe("checkProxies", () => {
  it("shows proxies without their credentials", () => {
    const finding = checkProxies({ HTTPS_PROXY: "http://me:secret@proxy:3128" });
    expect(finding).toMatchObject({ status: "ok", detail: "HTTPS_PROXY=http://proxy:3128" });
  });

  // As seen with Codex itself: only this very address in NO_PROXY helps.
  it.each([
    [{ HTTP_PROXY: "http://p:1" }, "export NO_PROXY=127.0.0.1"],
    [{ all_proxy: "socks5h://p:1", no_proxy: "localhost" }, `export no_proxy="$no_proxy,127.0.0.1"`],
    [{ HTTP_PROXY: "http://p:1", NO_PROXY: "127.0.0.0/8" }, `export NO_PROXY="$NO_PROXY,127.0.0.1"`],
    [{ HTTP_PROXY: "http://p:1", NO_PROXY: "*" }, `export NO_PROXY="$NO_PROXY,127.0.0.1"`],
    [{ HTTP_PROXY: "http://p:1", NO_PROXY: "localhost, 127.0.0.1" }, undefined],
    [{ HTTPS_PROXY: "http://p:1" }, undefined],
    [{ HTTP_PROXY: " " }, undefined],
  ])("%j", (env, fix) => {
    expect(checkProxies(env).fix).toBe(fix);
  });

  it("names the variable that no proxy can be made of", () => {
    const finding = checkProxies({ https_proxy: "gopher://me:secret@p" });
    expect(finding).toMatchObject({ status: "fail", fix: "unset https_proxy" });
    expect(finding.detail).not.toContain("secret");
  });
});

describe("checkClock", () => {
  it.each([
    [0, "ok", "right"],
    [59, "ok", "59 s fast"],
    [60, "warn", "60 s fast"],
    [-300, "fail", "300 s slow"],
  ])("%i s: %s", (seconds, status, words) => {
    const finding = checkClock({ there: 1e12, here: 1e12 + seconds * 1000 }, "linux");
    expect(finding).toMatchObject({ status, detail: expect.stringContaining(words) });
  });

  it("is not checked where nobody answered", () => {
    expect(checkClock(undefined, "linux").status).toBe("skipped");
  });
});

describe("checkPort", () => {
  const codexcomp = (version: string) =>
    ({ kind: "codexcomp", version, upstream: "auto", health: {} }) as const;
  const situation = {
    address: { host: "127.0.0.1", port: 8787 },
    isWired: true,
    mend: undefined,
    platform: "linux",
    env: {},
  } as const;

  it.each([
    ["our own", { listener: codexcomp(packageVersion) }, "ok", undefined],
    ["another version", { listener: codexcomp("0.0.1") }, "warn", undefined],
    ["nobody, and Codex wired", { listener: { kind: "nobody" } }, "fail", "codexcomp run --port 8787"],
    ["nobody, though installed", { listener: { kind: "nobody" }, mend: "start it" }, "fail", "start it"],
    ["nobody, and Codex not wired", { listener: { kind: "nobody" }, isWired: false }, "ok", undefined],
  ] as const)("%s", async (_name, part, status, fix) => {
    const finding = await checkPort({ ...situation, ...part });
    expect([finding.status, finding.fix]).toEqual([status, fix]);
  });
});

describe("portOwner", () => {
  it("reads the kernel's table", () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2253 0100007F:C0DE 01 00000000:00000000 00:00000000 00000000     0        0 111 1
   1: 0100007F:2253 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1
`;
    expect(listeningInode(table, 8787)).toBe("222");
    expect(listeningInode(table, 80)).toBeUndefined();
  });

  it("reads lsof", () => {
    expect(lsofOwner("p4711\ncnode\nf21\n")).toEqual({ pid: 4711, name: "node" });
    expect(lsofOwner("")).toBeUndefined();
  });

  it("reads netstat in any language", () => {
    const output = `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    127.0.0.1:8787         127.0.0.1:50000        HERGESTELLT      12
  TCP    127.0.0.1:8787         0.0.0.0:0              ABHÖREN          4711
`.replaceAll("\n", "\r\n");
    expect(netstatPid(output, 8787)).toBe(4711);
    expect(netstatPid(output, 50000)).toBeUndefined();
  });
});

describe("checkService", () => {
  const base = { manager: systemd, platform: "linux" } as const;
  const wiredTo = (port: number) =>
    ({ kind: "local", config: "c", url: "u", address: { host: "127.0.0.1", port } }) as const;
  const installed = {
    installed: true,
    path: "p",
    text: "--port=9000",
    running: true,
    enabled: true,
    says: "active",
  };

  it.each([
    ["none", { installed: false, path: "p" }, 9000, "ok", undefined],
    ["running", installed, 9000, "ok", undefined],
    ["on another port than Codex is wired to", installed, 8787, "fail", "codexcomp wire --port 9000"],
    ["failed", { ...installed, running: false, says: "failed" }, 9000, "fail", systemd.restart],
    ["not started at login", { ...installed, enabled: false }, 9000, "warn", "codexcomp install-service"],
    [
      "of unknown state",
      { installed: true, path: "p", says: "no bus" },
      9000,
      "warn",
      "codexcomp install-service",
    ],
  ])("%s", (_name, service, port, status, fix) => {
    const finding = checkService({ ...base, service, destination: wiredTo(port) });
    expect([finding.status, finding.fix]).toEqual([status, fix]);
  });

  it("has nothing to look at on Windows", () => {
    const situation = {
      manager: undefined,
      service: undefined,
      destination: wiredTo(1),
      platform: "win32",
    } as const;
    expect(checkService(situation).status).toBe("skipped");
  });
});
