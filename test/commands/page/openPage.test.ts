import { describe, expect, it } from "vitest";
import { openPage } from "../../../src/commands/page/openPage.js";
import { pageOf } from "../../../src/commands/page/server/servePage.js";
import { keepToken } from "../../../src/commands/page/server/token.js";
import { stateFolder } from "../../../src/service/places.js";
import { round } from "../../../src/testing/index.js";
import { freePort } from "../../transport/support/upstreams.js";
import { startProxy } from "../../transport/support/proxy.js";
import { simulated } from "../../transport/support/turns.js";
import { memoryOutput, runLine } from "../capture.js";
import { scratchHome } from "../scratchHome.js";

/** A proxy with its page, and `codexcomp page` asked to open it. */
async function opening(serves: "page" | "page with a token" | "no page" = "page") {
  const home = await scratchHome();
  const upstream = await simulated({ script: [round().message("ok").completed()] });
  const { proxy } = await startProxy(upstream.url);
  const token = serves === "page with a token" ? await keepToken(stateFolder(home.env)) : undefined;
  if (serves !== "no page") proxy.serveLocally(pageOf(proxy, { env: home.env, journal: false, token }));
  const port = Number(new URL(proxy.url ?? "").port);
  const open = async (
    platform: NodeJS.Platform,
    { env = {}, print = false, starts = true }: { env?: object; print?: boolean; starts?: boolean } = {},
  ) => {
    const started: (readonly string[])[] = [];
    const [stdout, stderr] = [memoryOutput(), memoryOutput()];
    const code = await openPage(
      {
        ...{ flags: { port, print }, args: [], sources: {}, stdout, stderr },
        env: { ...home.env, ...env },
        signal: new AbortController().signal,
      } as unknown as Parameters<typeof openPage>[0],
      {
        platform,
        start: (program, args) => {
          started.push([program, ...args]);
          return Promise.resolve(starts);
        },
      },
    );
    return { code, stdout: stdout.text(), stderr: stderr.text(), started };
  };
  return { home, port, address: `http://127.0.0.1:${port}/`, token, open };
}

describe("codexcomp page", () => {
  it.each([
    ["linux", { DISPLAY: ":0" }, ["xdg-open"]],
    ["linux", { WAYLAND_DISPLAY: "wayland-0" }, ["xdg-open"]],
    ["darwin", {}, ["open"]],
    ["win32", {}, ["rundll32", "url.dll,FileProtocolHandler"]],
  ] as const)(
    "on %s with %o opens the page with %j, and prints its address",
    async (platform, env, opener) => {
      const { address, open } = await opening();
      expect(await open(platform, { env })).toEqual({
        ...{ code: 0, stdout: `${address}\n`, stderr: "" },
        started: [[...opener, address]],
      });
    },
  );

  it("only prints the address without a display, and with --print", async () => {
    const { address, open } = await opening();
    const printed = { code: 0, stdout: `${address}\n`, stderr: "", started: [] };
    expect(await open("linux")).toEqual(printed);
    expect(await open("darwin", { print: true })).toEqual(printed);
  });

  it("says so where no browser can be started", async () => {
    const { open } = await opening();
    expect(await open("linux", { env: { DISPLAY: ":0" }, starts: false })).toMatchObject({
      code: 0,
      stderr: "codexcomp: xdg-open cannot be started: open the address by hand\n",
    });
  });

  it("has the token in the address where the page wants one", async () => {
    const { address, token, open } = await opening("page with a token");
    const { stdout, started } = await open("darwin");
    expect(stdout).toBe(`${address}?token=${token}\n`);
    expect(started).toEqual([["open", `${address}?token=${token}`]]);
  });

  it("fails where the codexcomp there serves no page", async () => {
    const { port, open } = await opening("no page");
    expect(await open("darwin")).toEqual({
      ...{ code: 1, stdout: "", started: [] },
      stderr: expect.stringContaining(`the codexcomp on port ${port} serves no page`),
    });
  });

  it("fails where nothing listens", async () => {
    const { env } = await scratchHome();
    const port = await freePort();
    expect(await runLine(["page", "--port", String(port)], { env })).toEqual({
      ...{ code: 1, stdout: "" },
      stderr: `codexcomp: no codexcomp listens on port ${port}: start it with "codexcomp run"\n`,
    });
  });
});
