import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import "../src/testing/matchers.js";
import { isItemDone, type JsonObject, type ResponseEvent } from "../src/protocol/event.js";
import { round, eventsOf, watchFold, type WatchedTurn } from "../src/testing/index.js";
import { frame } from "../src/protocol/frame.js";
import { fixtures } from "./fixtures/rounds.mjs";
import { ask } from "./transport/support/client.js";
import { startProxy } from "./transport/support/proxy.js";
import { turnBody, turnRequest } from "./transport/support/turns.js";
import { httpUpstream } from "./transport/support/upstreams.js";

const FOLDER = new URL("./fixtures/", import.meta.url);
const RECORDINGS = new URL("../../shared/fixtures/", import.meta.url);

const bodyOf = (name: string): string => readFileSync(new URL(`${name}.sse`, FOLDER), "utf8");
const isSse = (name: string): boolean => name.endsWith(".sse");

test("the files are what `npm run fixtures` writes", () => {
  const written = fixtures(round);

  expect(readdirSync(FOLDER).filter(isSse).sort()).toEqual(
    Object.keys(written)
      .map((name) => `${name}.sse`)
      .sort(),
  );
  for (const [name, body] of Object.entries(written)) expect(bodyOf(name) === body, name).toBe(true);
});

/** Both sides of a turn whose upstream answers with these bodies. */
type Run = (bodies: readonly string[], request: string) => Promise<WatchedTurn & { readonly bytes: string }>;

const throughPipeline: Run = async (bodies, request) => {
  const turn = await watchFold({ request, rounds: bodies });
  return { ...turn, bytes: turn.client.map(frame).join("") };
};

const throughServer: Run = async (bodies, request) => {
  let asked = 0;
  const upstream = await httpUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const body = Buffer.from(bodies[asked++] ?? "");
    // not at the ends of lines or characters
    for (let at = 0; at < body.length; at += 1021) response.write(body.subarray(at, at + 1021));
    response.end();
  });
  const { url } = await startProxy(upstream.url);
  const { text } = await ask(url, turnRequest(request));
  const rounds = bodies.slice(0, asked).map(eventsIn);
  return { client: eventsIn(text), rounds, liveMessages: true, bytes: text };
};

function eventsIn(body: string): ResponseEvent[] {
  const events: ResponseEvent[] = [];
  eventsOf(body).subscribe((event) => events.push(event));
  return events;
}

function items(events: readonly ResponseEvent[]): string {
  return events
    .filter(isItemDone)
    .map(({ json }) => (json?.["item"] as JsonObject)["type"])
    .join(" ");
}

function lastOf(events: readonly ResponseEvent[]) {
  const { type, json } = events.at(-1) ?? {};
  return { type, response: json?.["response"] as JsonObject };
}

const COMPACTION = turnBody({ input: [{ type: "message" }, { type: "compaction_trigger" }] });

describe.each<[string, Run]>([
  ["the pipeline", throughPipeline],
  ["the server", throughServer],
])("through %s", (_, run) => {
  test.each([
    [["truncated", "continued"], "reasoning reasoning message"],
    [["truncated", "truncated-again", "continued"], "reasoning reasoning reasoning message"],
    [["truncated", "stall", "continued"], "reasoning reasoning message"],
    [["interleaved", "continued"], "reasoning web_search_call reasoning reasoning reasoning message"],
    [["tool-call", "tool-call-continued"], "reasoning reasoning function_call"],
  ])("%j fold into one response", async (names, expected) => {
    const turn = await run(names.map(bodyOf), turnBody());

    expect(turn).toKeepInvariants();
    expect(turn.client).toBeOneResponse();
    expect(turn.rounds).toHaveLength(names.length);
    expect(items(turn.client)).toBe(expected);
    expect(lastOf(turn.client).response["metadata"]).not.toHaveProperty("proxy_stopped_reason");
    expect(turn.bytes).not.toContain("12**");
    expect(turn.bytes).not.toContain("rm -r");
  });

  test.each(["clean", "continued", "stall", "tool-call-continued", "error", "failed", "incomplete"])(
    "%s passes byte for byte",
    async (name) => {
      const { bytes } = await run([bodyOf(name)], turnBody());

      expect(bytes === bodyOf(name)).toBe(true);
    },
  );

  test("compaction passes untouched", async () => {
    const { bytes } = await run([bodyOf("compaction")], COMPACTION);

    expect(bytes === bodyOf("compaction")).toBe(true);
  });

  test("without encrypted content it is released, and says so", async () => {
    const turn = await run([bodyOf("no-encrypted-content")], turnBody());

    expect(turn).toKeepInvariants();
    expect(lastOf(turn.client).response["metadata"]).toMatchObject({
      proxy_stopped_reason: "no_encrypted_content",
    });
  });

  test("a stream that was cut off ends where it was cut off", async () => {
    const turn = await run([bodyOf("eof")], turnBody());

    expect(turn).toKeepInvariants();
    expect(bodyOf("eof").startsWith(turn.bytes)).toBe(true);
    expect(turn.client.at(-1)?.type).toBe("response.output_text.delta");
  });

  test("any framing passes with its data", async () => {
    const turn = await run([bodyOf("other-framing")], turnBody());

    expect(turn).toKeepInvariants();
    expect(turn.client.at(-1)?.data).toBe("[DONE]");
    expect(turn.bytes).not.toContain("event:");
  });

  test.each(["eof", "error", "failed", "incomplete"])(
    "a continuation like %s releases round 1",
    async (name) => {
      const turn = await run([bodyOf("tool-call"), bodyOf(name)], turnBody());

      expect(turn).toKeepInvariants();
      expect(turn.client).toBeOneResponse();
      expect(items(turn.client)).toMatch(/^reasoning( reasoning)? function_call$/);
      expect(lastOf(turn.client)).toMatchObject({
        type: "response.completed",
        response: { metadata: { proxy_stopped_reason: "continuation_failed" } },
      });
    },
  );
});

/** Real rounds, where they are at hand; they are no part of the project. */
describe.skipIf(!existsSync(RECORDINGS))("recordings", () => {
  const names = existsSync(RECORDINGS) ? readdirSync(RECORDINGS).filter(isSse) : [];

  test.each(names)("%s", async (name) => {
    const body = readFileSync(new URL(name, RECORDINGS), "utf8");

    for (const run of [throughPipeline, throughServer]) {
      const turn = await run([body, bodyOf("continued")], turnBody());
      expect(turn).toKeepInvariants();
      expect(turn.client).toBeOneResponse();
    }
    const { client } = await watchFold([body], { mode: "observe" });
    expect(client.map(frame).join("") === body).toBe(true);
  });
});
