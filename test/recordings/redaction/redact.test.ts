import fc from "fast-check";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isTerminal, responseEvent, type JsonObject } from "../../../src/protocol/event.js";
import { encryptedContent } from "../../../src/protocol/items.js";
import { thinkingOf } from "../../../src/protocol/liveOutput.js";
import { filler } from "../../../src/recordings/redaction/filler.js";
import { pseudonyms } from "../../../src/recordings/redaction/pseudonyms.js";
import { redaction } from "../../../src/recordings/redaction/redact.js";
import { readStream } from "../../../src/recordings/load/stream.js";

const redact = redaction(pseudonyms());
const redacted = (value: unknown): string => redact.json(JSON.stringify(value));
const bytes = (text: string): number => Buffer.byteLength(text);

describe("filler", () => {
  test("has the text's size in characters and bytes, and none of its characters", () => {
    expect(filler("ab – 最坏 🧦é")).toBe("xxx…x……x🧦é");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(filler(text).length).toBe(text.length);
        expect(bytes(filler(text))).toBe(bytes(text));
      }),
    );
  });

  test("of deltas is the filler of the whole", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (deltas) => {
        expect(deltas.map(filler).join("")).toBe(filler(deltas.join("")));
      }),
    );
  });
});

describe("redaction", () => {
  const request = {
    model: "gpt-5.5",
    instructions: "SECRET plan\nsecond line",
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: "SECRET question" }] },
      { type: "function_call", call_id: "call_abc", name: "secret_tool", arguments: '{"path":"SECRET"}' },
      { type: "function_call_output", call_id: "call_abc", output: "SECRET output" },
      { type: "local_shell_call", action: { type: "exec", command: ["SECRET"], env: { SECRET_NAME: "1" } } },
      { type: "compaction_trigger" },
    ],
    tools: [
      {
        type: "function",
        name: "secret_tool",
        description: "SECRET description",
        parameters: {
          type: "object",
          properties: { secret_path: { type: "string", description: "SECRET", enum: ["SECRET"] } },
          required: ["secret_path"],
        },
      },
    ],
    reasoning: { effort: "high", summary: "detailed" },
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "secret-key",
    metadata: { "secret name": "SECRET", seats: "12" },
    client_metadata: { workspace: "/home/secret", "x-codex-turn-metadata": '{"cwd":"/secret"}' },
    text: { verbosity: "medium" },
    max_output_tokens: 4711,
    store: false,
  };

  test("leaves nothing of texts, names and ids", () => {
    expect(redacted(request)).not.toMatch(/secret|abc|workspace|seats/i);
  });

  test("keeps the size, the structure and what the proxy decides by", () => {
    const text = redacted(request);
    expect(bytes(text)).toBe(bytes(JSON.stringify(request)));
    const json = JSON.parse(text) as typeof request;
    expect(json).toMatchObject({
      model: "gpt-5.5",
      reasoning: request.reasoning,
      include: request.include,
      text: request.text,
      max_output_tokens: 4711,
      store: false,
    });
    expect(json.input.map(({ type }) => type)).toEqual(request.input.map(({ type }) => type));
    expect(json.tools[0]).toMatchObject({ type: "function", parameters: { type: "object" } });
  });

  test("gives the same id and the same name the same other one", () => {
    const json = JSON.parse(redacted(request)) as typeof request;
    expect(json.input[1]?.call_id).toMatch(/^call_[0-9a-f]{3}$/);
    expect(json.input[2]?.call_id).toBe(json.input[1]?.call_id);
    expect(json.tools[0]?.name).toBe(json.input[1]?.name);
    expect(redacted({ id: "resp_0123456789" })).not.toBe(redacted({ id: "resp_0123456780" }));
    expect(redaction(pseudonyms()).json('{"id":"resp_0123456789"}')).not.toBe(
      redacted({ id: "resp_0123456789" }),
    );
  });

  test.each([
    [{ type: "has words in it" }, { type: "xxxxxxxxxxxxxxx" }],
    [{ summary: "hello" }, { summary: "xxxxx" }],
    [{ type: "response.code_interpreter_call_code.done", code: "exit" }, { code: "xxxx" }],
    [
      { type: "error", code: "rate_limit_exceeded", message: "of org-abc" },
      { code: "rate_limit_exceeded", message: "xxxxxxxxxx" },
    ],
    [
      { response: { error: { code: "server_error", message: "no" } } },
      { response: { error: { code: "server_error", message: "xx" } } },
    ],
    [
      { logprobs: [{ token: "hi", bytes: [104, 105], logprob: -0.5 }] },
      { logprobs: [{ token: "xx", bytes: [111, 111], logprob: -0.5 }] },
    ],
    [
      {
        metadata: {
          proxy_stopped_reason: "max_continue",
          proxy_rounds: [{ round: 1, reasoning_tokens: 516, n: 1 }],
        },
      },
      {
        metadata: {
          proxy_stopped_reason: "max_continue",
          proxy_rounds: [{ round: 1, reasoning_tokens: 516, n: 1 }],
        },
      },
    ],
    [
      { error: { headers: { "set-cookie": "abc", "x-codex-primary-used-percent": "99.0" } } },
      { error: { headers: { "set-cookie": "xxx" } } },
    ],
  ])("%j", (given, expected) => {
    expect(JSON.parse(redacted(given))).toMatchObject(expected);
  });

  test("what is no JSON is all filler; `[DONE]` is none of anybody's", () => {
    expect(redact.json("oops, secret")).toBe("xxxxxxxxxxxx");
    expect(redact.event(responseEvent("[DONE]")).data).toBe("[DONE]");
    expect(redact.event(responseEvent("secret", { comment: true })).data).toBe("xxxxxx");
    expect(redact.event(responseEvent("{}", { event: "a secret", id: "secret" })).framing).toEqual({
      event: "x",
      id: expect.not.stringContaining("secret"),
    });
  });
});

const FOLDER = new URL("../../fixtures/", import.meta.url);

describe.each(readdirSync(FOLDER).filter((name) => name.endsWith(".sse")))("%s, redacted", (name) => {
  const events = readStream(readFileSync(new URL(name, FOLDER), "utf8")).events.map(({ event }) => event);
  const others = events.map(redact.event);

  test("has every event's type, size and numbers", () => {
    for (const [index, event] of events.entries()) {
      const other = others[index];
      expect(other?.type).toBe(event.type);
      expect(bytes(other?.data ?? "")).toBe(bytes(event.data));
      for (const number of ["sequence_number", "output_index"])
        expect(other?.json?.[number]).toBe(event.json?.[number]);
    }
    const usage = (each: typeof events) =>
      (each.find(isTerminal)?.json?.["response"] as JsonObject)?.["usage"];
    expect(usage(others)).toEqual(usage(events));
  });

  test("has the thinking's sizes", () => {
    const items = (each: typeof events) =>
      each.filter(({ type }) => type.startsWith("response.output_item."));
    expect(thinkingOf(items(others))).toEqual(thinkingOf(items(events)));
  });

  test("has no text of five letters that was in it", () => {
    const words = new Set(
      events.flatMap(
        ({ json }) =>
          JSON.stringify(json?.["item"] ?? json?.["delta"] ?? "").match(/[A-Z][a-z]{4,}|[\u4e00-\u9fff]+/g) ??
          [],
      ),
    );
    const text = others.map(({ data }) => data).join("\n");
    expect([...words].filter((word) => text.includes(word))).toEqual([]);
  });

  test("has other encrypted content", () => {
    const contents = events.flatMap(({ json }) => encryptedContent(json?.["item"] as JsonObject) ?? []);
    const text = others.map(({ data }) => data).join("\n");
    expect(contents.filter((content) => text.includes(content.slice(8, 60)))).toEqual([]);
  });
});
