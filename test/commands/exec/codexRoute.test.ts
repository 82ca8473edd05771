import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { codexRoute } from "../../../src/commands/exec/codexRoute.js";
import { startProxy } from "../../transport/support/proxy.js";
import { freePort } from "../../transport/support/upstreams.js";
import { scratchHome } from "../scratchHome.js";

async function route(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const home = await scratchHome();
  for (const [name, text] of Object.entries(files)) await home.write(`.codex/${name}`, text);
  return codexRoute(args, home.env);
}

describe("codexRoute", () => {
  it.each([
    [[], {}],
    [[], { "config.toml": 'model_provider = "openai"\n' }],
    [["-p", "w"], { "config.toml": "", "w.config.toml": 'model = "x"\n' }],
    [["--profile", "w"], { "config.toml": '[profiles.other]\nmodel_provider = "mine"\n' }],
    [["-c", "model_provider=openai"], { "config.toml": 'model_provider = "mine"\n' }],
    [[], { "config.toml": "not = = toml" }],
  ])("has nothing to say of %j and %j", async (args, files) => {
    expect(await route(args, files)).toEqual({ upstream: undefined, detours: [] });
  });

  it.each([
    [[], { "config.toml": 'model_provider = "mine"\n' }, /config\.toml has model_provider = "mine"/],
    [
      ["-p", "w"],
      { "w.config.toml": 'model_provider = "mine"\n' },
      /w\.config\.toml has model_provider = "mine"/,
    ],
    [
      ["exec", "-p", "w"],
      { "config.toml": '[profiles.w]\nmodel_provider = "mine"\n' },
      /\[profiles\.w\] has/,
    ],
    [[], { "config.toml": 'profile = "w"\n[profiles.w]\nmodel_provider = "mine"\n' }, /\[profiles\.w\] has/],
    [["-c", "model_provider=mine"], {}, /^-c has model_provider = "mine"/],
    [["--oss"], {}, /^--oss has/],
    [
      ["exec", "-c", "openai_base_url=http://u:p@x/v1"],
      {},
      /your own -c openai_base_url wins: .*"http:\/\/\*\*\*@x\/v1"/,
    ],
  ])("says in one line that %j with %j goes past us", async (args, files, says) => {
    const { detours } = await route(args, files);
    expect(detours).toEqual([expect.stringMatching(says)]);
    expect(detours[0]).not.toContain("\n");
  });

  it("goes where the user's own base URL leads", async () => {
    const gateway = 'openai_base_url = "https://gateway.example/v1"\n';
    expect((await route([], { "config.toml": gateway })).upstream).toBe("https://gateway.example/v1");
    const other = {
      "config.toml": gateway,
      "w.config.toml": 'openai_base_url = "https://other.example/v1"\n',
    };
    expect((await route(["-p", "w"], other)).upstream).toBe("https://other.example/v1");
  });

  it("goes to another program on this machine, and not to a codexcomp, nor to where one should be", async () => {
    const { url } = await startProxy("http://127.0.0.1:9");
    expect((await route([], { "config.toml": `openai_base_url = "${url}"\n` })).upstream).toBeUndefined();
    const dead = `http://127.0.0.1:${await freePort()}/v1`;
    expect((await route([], { "config.toml": `openai_base_url = "${dead}"\n` })).upstream).toBeUndefined();

    const server = createServer((_, response) => void response.end("hello")).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const other = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    expect((await route([], { "config.toml": `openai_base_url = "${other}"\n` })).upstream).toBe(other);
  });
});
