import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createProxy, defineConfig, InvalidOption, withValue, type TurnReport } from "codexcomp";
import { round } from "codexcomp/testing";
import { map } from "rxjs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ask } from "../transport/support/client.js";
import { dataOf, runTurn, simulated } from "../transport/support/turns.js";

const cut = round().reasoning(516).message("29, a secret").completed();
const whole = round().reasoning(302).message("21, a secret").completed();

describe("a proxy of the library", () => {
  test("does nothing before it listens, says where it listens, and lets go of the port", async () => {
    const proxy = createProxy({ port: 0, proxy: "none" });
    expect(proxy.url).toBeUndefined();
    const url = await proxy.listen();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(proxy.url).toBe(url);
    expect((await ask(url, { path: "/healthz" })).status).toBe(200);
    await proxy.close();
    await expect(ask(url, { path: "/healthz" })).rejects.toThrow("ECONNREFUSED");
  });

  test("fails to listen as a server does", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await expect(createProxy({ port, proxy: "none" }).listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
  });

  test("folds, with operators, and reports each turn: numbers and words of ours, no content", async () => {
    const upstream = await simulated({ script: [cut, whole] });
    const proxy = createProxy({
      port: 0,
      upstream: `${upstream.url}/v1`,
      proxy: "none",
      operators: { response: [() => map((event) => withValue(event, ["response", "model"], "mine"))] },
    });
    onTestFinished(() => proxy.close(false));
    const reports: TurnReport[] = [];
    proxy.turns$.subscribe((report) => reports.push(report));
    const log = vi.spyOn(process.stderr, "write");
    const { text } = await runTurn(await proxy.listen());

    const terminal = JSON.parse(dataOf(text).at(-1) ?? "") as { response: unknown };
    expect(terminal.response).toMatchObject({ model: "mine", status: "completed" });
    expect(text).toContain("21, a secret");
    expect(reports).toEqual([
      {
        id: expect.any(String),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        model: "gpt-5.5",
        effort: "high",
        transport: "http",
        rounds: [
          expect.objectContaining({
            round: 1,
            tier: 1,
            verdict: { action: "continue", reason: "fingerprint" },
            usage: expect.objectContaining({ reasoning: 516 }),
            held: ["message"],
            seconds: expect.any(Number),
          }),
          expect.objectContaining({ round: 2, verdict: { action: "final", reason: "natural" } }),
        ],
        outcome: "completed",
        stop: "natural",
        usage: expect.objectContaining({ reasoning: 818 }),
        billed: expect.objectContaining({ reasoning: 818 }),
        firstWordSeconds: expect.any(Number),
        seconds: expect.any(Number),
        addedSeconds: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(reports)).not.toContain("secret");
    expect(log).not.toHaveBeenCalled();
  });

  test("is as strict with what surrounds it as the program", () => {
    expect(() => createProxy({ host: "0.0.0.0" })).toThrow(
      'host must be an address of this machine alone, such as 127.0.0.1, unless allowRemote is true, not "0.0.0.0"',
    );
    expect(() => createProxy({ caFile: "/nowhere/ca.pem" })).toThrow(InvalidOption);
    expect(() => createProxy({ caFile: "/nowhere/ca.pem" })).toThrow(/caFile/);
    expect(() => createProxy({ host: "0.0.0.0", allowRemote: true })).not.toThrow();
  });
});

test("defineConfig gives back what it is given", () => {
  const config = { port: 9000 };
  expect(defineConfig(config)).toBe(config);
});
