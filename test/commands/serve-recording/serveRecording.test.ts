import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { dispatch } from "../../../src/commands/dispatch.js";
import { commands } from "../../../src/commands/index.js";
import { loadRecording } from "../../../src/recordings/load/loadRecordings.js";
import { apiError, round, type Answer } from "../../../src/testing/index.js";
import { recordTurn, textsOf } from "../../recordings/support.js";
import { runJsonTurn } from "../../transport/support/json.js";
import { startProxy } from "../../transport/support/proxy.js";
import { dataOf, runTurn, turnBody } from "../../transport/support/turns.js";
import { freePort } from "../../transport/support/upstreams.js";
import { connect, typeOf } from "../../transport/websocket/support/client.js";
import { runLine } from "../capture.js";

const cut = round().reasoning(516).message("WRONG").completed();
const right = round().reasoning(300).message("RIGHT").completed();

/** Plays recordings, within this process. @returns the base URL, and what it said */
async function playing(args: readonly string[]) {
  const stderr = new PassThrough();
  let said = "";
  stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const stop = new AbortController();
  const port = String(await freePort());
  const argv = ["serve-recording", "--port", port, "--speed", "max", ...args];
  const code = dispatch(argv, commands, { stdout: new PassThrough(), stderr, env: {}, signal: stop.signal });
  while (!said.includes("openai_base_url")) await once(stderr, "data");
  const end = async (): Promise<number> => {
    stop.abort();
    return code;
  };
  onTestFinished(async () => void (await end()));
  return { base: `http://127.0.0.1:${port}/v1`, said: () => said, end };
}

describe("codexcomp serve-recording", () => {
  it("is an upstream to the proxy: the client gets what the client got", async () => {
    const path = await recordTurn([cut, right]);
    const expected = textsOf((await loadRecording(path)).client);
    const played = await playing([path]);
    const { url } = await startProxy(played.base);

    for (const _ of [1, 2]) expect(dataOf((await runTurn(url)).text)).toEqual(expected);
    const client = await connect(url);
    expect(await client.turn(turnBody({ type: "response.create" }))).toEqual(expected);
    expect(played.said()).toMatch(/round 1 of 2: .*\n.*round 2 of 2: /);
    expect(await played.end()).toBe(0);
  });

  it("is an upstream to a client: turn after turn, and then again", async () => {
    const paths = [await recordTurn([cut], { fold: { mode: "observe" } }), await recordTurn([right])];
    const { base } = await playing(paths);
    const answers = [];
    for (const _ of [1, 2, 3]) answers.push((await runTurn(base)).text);
    expect(answers.map((text) => text.includes("RIGHT"))).toEqual([false, true, false]);
  });

  it("answers with one JSON text where it is not asked to stream", async () => {
    const { base } = await playing([await recordTurn([cut, right])]);
    const { url } = await startProxy(base);
    for (const _ of [1, 2]) {
      const { text } = await runJsonTurn(url);
      expect(text).toContain("RIGHT");
      expect(text).not.toContain("WRONG");
    }
  });

  it("refuses and dies as its recording did", async () => {
    const refusal = apiError(429, { type: "usage_limit_reached" }, { "retry-after": "7" });
    const dying: Answer = { events: right, fault: { kind: "reset", after: 6 } };
    const { base } = await playing([await recordTurn([refusal]), await recordTurn([dying])]);

    const refused = await runTurn(base);
    expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
    expect(JSON.parse(refused.text)).toMatchObject({ error: { type: "usage_limit_reached" } });
    const died = await runTurn(base);
    expect(died.complete).toBe(false);
    expect(dataOf(died.text)).toHaveLength(6);
    const client = await connect(base);
    const [error] = await client.turn(turnBody({ type: "response.create" }));
    expect(typeOf(error ?? "")).toBe("error");
  });

  it("plays an SSE body of another tool byte for byte, but for what says how it was made", async () => {
    const { base } = await playing(["test/fixtures/clean.sse"]);
    expect((await runTurn(base)).text).toContain("event: response.completed\n");
    const other = await playing(["test/fixtures/other-framing.sse"]);
    const { text } = await runTurn(other.base);
    expect(text).not.toContain("event:");
    expect(text).toContain("[DONE]");
  });

  it("plays redacted recordings", async () => {
    const { base } = await playing([await recordTurn([cut, right], { recordRedact: true })]);
    const { url } = await startProxy(base);
    const { text } = await runTurn(url);
    expect(text).toContain('"proxy_rounds":[{"round":1,"reasoning_tokens":516,"n":1}');
    expect(text).not.toMatch(/RIGHT|WRONG/);
  });

  it("says that its port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    const { code, stderr } = await runLine(["serve-recording", "test/fixtures/clean.sse", "--port", port]);
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is taken: choose another one with --port`);
  });

  it.each([[[]], [["/no/such/path"]], [["test/fixtures/clean.sse", "--speed", "0x"]]])(
    "%j is wrong usage",
    async (args) => {
      expect((await runLine(["serve-recording", ...args])).code).toBe(2);
    },
  );
});
