import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { diagnose, type DiagnoseOptions } from "../../../src/commands/doctor/diagnose.js";
import type { Finding } from "../../../src/commands/doctor/finding.js";
import { selfTest } from "../../../src/commands/doctor/selfTest.js";
import { fakeTool } from "../../service/fakeTool.js";
import { privateAuthority } from "../../transport/upstream/network/support/certificates.js";
import { connectProxy } from "../../transport/upstream/network/support/connectProxy.js";
import { freePort } from "../../transport/support/upstreams.js";
import { whyMissing } from "../../transport/upstream/network/support/programs.js";
import { tellingUpstream } from "../../transport/upstream/network/support/upstream.js";
import { runLine } from "../capture.js";
import { scratchHome, type ScratchHome } from "../scratchHome.js";

interface Machine {
  readonly home: ScratchHome;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A machine with a Codex, logged in, and without a service manager. */
async function machine(): Promise<Machine> {
  const home = await scratchHome();
  const codex = await fakeTool(home.path, "codex", 'echo "codex-cli 0.169.0"');
  await fakeTool(home.path, "systemctl", "exit 1");
  await home.write(".codex/auth.json", `{"tokens":{"access_token":"sk-secret"}}`);
  return { home, env: { ...home.env, PATH: codex.path } };
}

/** An upstream that refuses who has no credentials. */
async function refusing(
  status = 401,
  headers: Record<string, string> = {},
): Promise<{ base: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? "without credentials"}`);
    response.writeHead(status, headers).end();
  });
  server.on("upgrade", (request, socket) => {
    asked.push(`UPGRADE ${request.url} ${request.headers.authorization ?? "without credentials"}`);
    socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

async function healthy(): Promise<number> {
  const server = createServer((_request, response) => {
    response.end('{"ok":true,"version":"1.2.3","upstream":"auto"}');
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const statuses = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ id, status }) => [id, status]));

async function look(
  options: Partial<DiagnoseOptions> & { env: DiagnoseOptions["env"] },
): Promise<readonly Finding[]> {
  const defaults = {
    port: await freePort(),
    codexHome: undefined,
    upstream: "auto",
    proxy: undefined,
    caFile: undefined,
  };
  return diagnose({ ...defaults, ...options });
}

describe("doctor", () => {
  it("is content with a machine in order, and spends nothing", async () => {
    const { home, env } = await machine();
    const port = await healthy();
    await home.write(".codex/config.toml", `openai_base_url = "http://127.0.0.1:${port}/v1"\n`);
    const { base, asked } = await refusing();
    const { code, stdout, stderr } = await runLine(["doctor", "--json", "--upstream", base], { env });
    expect([code, stderr]).toEqual([0, ""]);
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Finding[] };
    expect(ok).toBe(true);
    expect(statuses(checks)).toMatchObject({
      node: "ok",
      "self-test": "ok",
      codex: "ok",
      login: "ok",
      wired: "ok",
      port: "warn", // not this very version
      service: "ok",
      proxies: "ok",
      dns: "ok",
      tls: "skipped",
      https: "ok",
      websocket: "ok",
      clock: "ok",
    });
    expect(asked.sort()).toEqual([
      "HEAD /v1 without credentials",
      "UPGRADE /v1/responses without credentials",
    ]);
    expect(stdout).not.toContain("secret");
  });

  it("has a command for whatever is red, and ends with 1", async () => {
    const { home, env } = await machine();
    await home.write(".codex/config.toml", `a = 1\nb = "sk-secret\n`);
    const { base } = await refusing();
    const port = await healthy();
    const { code, stdout } = await runLine(["doctor", `--port=${port}`, "--upstream", base], {
      env: { ...env, HTTP_PROXY: "http://me:secret@proxy:1" },
      columns: 200,
    });
    expect(code).toBe(1);
    const lines = stripVTControlCharacters(stdout).split("\n");
    const fixes = lines.filter((line) => line.trim().startsWith("→ "));
    expect(fixes.map((fix) => fix.trim().slice(2))).toEqual([
      expect.stringMatching(/\+2 '.*config\.toml'$/),
      "export NO_PROXY=127.0.0.1",
    ]);
    expect(stdout).not.toContain("secret");
    expect(lines.at(-2)).toMatch(/^2 problems/);
  });

  it.each([
    ["", "codexcomp wire"],
    [`openai_base_url = "https://me:secret@eu.example/v1"\n`, "codexcomp wire --force"],
    [`model_provider = "azure"\n`, "codexcomp wire --force"],
  ])("says how to wire a config of %j", async (config, fix) => {
    const { home, env } = await machine();
    await home.write(".codex/config.toml", config);
    const { base } = await refusing();
    const findings = await look({ env, upstream: base });
    expect(findings.find(({ id }) => id === "wired")).toMatchObject({ status: "fail", fix });
    expect(JSON.stringify(findings)).not.toContain("secret");
  });

  it.runIf(process.platform === "linux")("brings Codex to the port of the service", async () => {
    const { home, env } = await machine();
    await fakeTool(home.path, "systemctl", '[ "$2" = is-active ] && echo active; exit 0');
    await home.write(".config/systemd/user/codexcomp.service", "ExecStart=/n /s run --port=9000\n");
    await home.write(".codex/config.toml", `openai_base_url = "http://127.0.0.1:${await freePort()}/v1"\n`);
    const { base } = await refusing();
    const findings = await look({ env, upstream: base });
    for (const id of ["port", "service"]) {
      expect(findings.find((finding) => finding.id === id)).toMatchObject({
        status: "fail",
        fix: "codexcomp wire --port 9000",
      });
    }
  });

  it("names the program that has the port", async () => {
    const { env } = await machine();
    const { base } = await refusing();
    const port = Number(new URL(base).port);
    const findings = await look({ env, port, upstream: base });
    expect(findings.find(({ id }) => id === "port")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining(process.platform === "linux" ? `process ${process.pid}` : "taken by"),
    });
  });

  it("looks for Codex", async () => {
    const { home, env } = await machine();
    const { base } = await refusing();
    const missing = await look({ env: { ...env, PATH: "" }, upstream: base });
    expect(missing.find(({ id }) => id === "codex")).toMatchObject({ status: "warn" });
    await fakeTool(home.path, "codex", 'echo "codex-cli 0.98.0"');
    const old = await look({ env, upstream: base });
    expect(old.find(({ id }) => id === "codex")).toMatchObject({
      status: "warn",
      detail: expect.stringContaining("0.98.0"),
    });
  });

  it("runs offline, and says what it could not check", async () => {
    const { env } = await machine();
    const lookUp = async () => {
      throw Object.assign(new Error("getaddrinfo EAI_AGAIN"), { code: "EAI_AGAIN" });
    };
    const findings = await look({ env, lookUp });
    expect(findings.filter(({ status }) => status === "skipped").map(({ title }) => title)).toEqual([
      "Name chatgpt.com",
      "TLS chatgpt.com",
      "HTTPS chatgpt.com",
      "WebSocket chatgpt.com",
      "Clock",
    ]);
  });

  it("says so when the upstream's name is not known", async () => {
    const { env } = await machine();
    const lookUp = async () => {
      throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    };
    const findings = await look({ env, lookUp });
    expect(statuses(findings)).toMatchObject({ dns: "fail", https: "skipped" });
  });

  it("says so when nobody answers", async () => {
    const { env } = await machine();
    const findings = await look({ env, upstream: `http://127.0.0.1:${await freePort()}/v1` });
    expect(statuses(findings)).toMatchObject({ https: "fail", websocket: "warn", clock: "skipped" });
    expect(findings.find(({ id }) => id === "https")?.detail).toContain("ECONNREFUSED");
  });

  it.each([
    [503, "warn", "ok"],
    [426, "ok", "warn"],
    [404, "ok", "warn"],
    [403, "ok", "ok"],
  ])("judges an upstream that answers %i", async (status, https, websocket) => {
    const { env } = await machine();
    const { base } = await refusing(status);
    expect(statuses(await look({ env, upstream: base }))).toMatchObject({ https, websocket });
  });

  it("compares clocks", async () => {
    const { env } = await machine();
    const { base } = await refusing(401, { date: new Date(Date.now() - 3_600_000).toUTCString() });
    const findings = await look({ env, upstream: base });
    expect(findings.find(({ id }) => id === "clock")).toMatchObject({
      status: "fail",
      detail: expect.stringMatching(/^3(599|600|601) s fast/),
    });
  });

  it("fails when a cut response is not folded", async () => {
    const { env } = await machine();
    const { base } = await refusing();
    const broken = async () => {
      throw new Error("the fold shows the wrong answer");
    };
    const findings = await look({ env, upstream: base, selfTest: broken });
    expect(findings.find(({ id }) => id === "self-test")).toMatchObject({
      status: "fail",
      detail: expect.stringContaining("the wrong answer"),
    });
  });
});

describe.skipIf(whyMissing("openssl"))("doctor on the way to an encrypted upstream", () => {
  it("wants to know the authority", async () => {
    const { env } = await machine();
    const authority = privateAuthority();
    onTestFinished(() => authority.remove());
    const upstream = await tellingUpstream(authority.server);
    onTestFinished(() => upstream.close());

    const unknown = await look({ env, upstream: upstream.base });
    expect(statuses(unknown)).toMatchObject({
      dns: "ok",
      tls: "fail",
      https: "skipped",
      websocket: "skipped",
    });
    expect(unknown.find(({ id }) => id === "tls")?.fix).toContain("--ca-file");
    const known = await look({ env, upstream: upstream.base, caFile: authority.caFile });
    expect(statuses(known)).toMatchObject({ tls: "ok", https: "ok", websocket: "ok", clock: "ok" });
  });

  it("goes through the proxy, which looks up the name, and shows no password", async () => {
    const { env } = await machine();
    const authority = privateAuthority();
    onTestFinished(() => authority.remove());
    const upstream = await tellingUpstream(authority.server);
    onTestFinished(() => upstream.close());
    const proxy = await connectProxy(upstream.port);
    onTestFinished(() => proxy.close());

    const findings = await look({
      env,
      upstream: "https://upstream.test/v1",
      proxy: `http://me:secret@127.0.0.1:${proxy.port}`,
      caFile: authority.caFile,
    });
    expect(statuses(findings)).toMatchObject({ dns: "skipped", tls: "ok", https: "ok", websocket: "ok" });
    expect(proxy.heads).toHaveLength(2);
    expect(JSON.stringify(findings)).not.toContain("secret");
  });

  it("says so when the proxy is not there", async () => {
    const { env } = await machine();
    const proxy = `http://me:secret@127.0.0.1:${await freePort()}`;
    const findings = await look({ env, upstream: "https://upstream.test/v1", proxy });
    expect(findings.find(({ id }) => id === "https")).toMatchObject({
      status: "fail",
      fix: "codexcomp run --proxy none",
    });
    expect(JSON.stringify(findings)).not.toContain("secret");
  });
});

describe("selfTest", () => {
  it("folds a cut response", async () => {
    await expect(selfTest()).resolves.toContain("continued and folded");
  });
});
