import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { round } from "../../../src/testing/index.js";
import { packageVersion } from "../../../src/version.js";
import { startProxy } from "../../transport/support/proxy.js";
import { runTurn, simulated } from "../../transport/support/turns.js";
import { freePort } from "../../transport/support/upstreams.js";
import { runLine } from "../capture.js";

const natural = round().reasoning(291).message("21").completed();
const truncated = round().reasoning(516).message("29").completed();

/** A health answer of somebody's. @returns its port */
async function answering(body: unknown): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify(body))).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return String((server.address() as AddressInfo).port);
}

describe("codexcomp status", () => {
  it("says what the running instance has done, without asking the upstream", async () => {
    const upstream = await simulated({ script: [truncated, natural, natural] });
    const { url } = await startProxy(upstream.url);
    for (const _ of [1, 2]) await runTurn(url);
    const calls = upstream.calls.length;

    const { code, stdout, stderr } = await runLine(["status", "--port", new URL(url).port]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = Object.fromEntries(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split(/ {2,}/)),
    );
    expect(lines).toMatchObject({
      codexcomp: `${packageVersion} on port ${new URL(url).port}`,
      upstream: `${upstream.url}/`,
      turns: "2",
      folds: "1",
      "open streams": "0",
      failed: "0",
    });
    expect(upstream.calls).toHaveLength(calls);
  });

  it("prints with --json what /healthz says", async () => {
    const { url, proxy } = await startProxy("auto");
    const { code, stdout } = await runLine(["status", "--json", "--port", new URL(url).port]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ...proxy.health(), uptime: expect.any(Number) });
  });

  it.each([
    [40, "40 s"],
    [725, "12 min"],
    [15_120, "4 h 12 min"],
    [273_600, "3 days 4 h"],
  ])("says %i seconds as %s", async (uptime, words) => {
    const port = await answering({ ok: true, version: "1.0.0", upstream: "auto", uptime });
    const { code, stdout } = await runLine(["status", "--port", port]);
    expect(code).toBe(0);
    expect(stdout).toContain(`up         ${words}\n`);
    expect(stdout).not.toContain("turns");
  });

  it("fails where nothing runs, and where something else does", async () => {
    const port = String(await freePort());
    expect(await runLine(["status", "--port", port])).toEqual({
      code: 1,
      stdout: "",
      stderr: `codexcomp: nothing listens on port ${port}: start it with "codexcomp run"\n`,
    });
    const other = await answering({ ok: true });
    expect(await runLine(["status", "--json", "--port", other])).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `codexcomp: what listens on port ${other} is no codexcomp\n`,
    });
  });
});
