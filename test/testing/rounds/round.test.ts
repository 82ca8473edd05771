import { describe, expect, test } from "vitest";
import { responseEvent } from "../../../src/protocol/event.js";
import { usageOf } from "../../../src/protocol/usage.js";
import { openThought, round, type Round } from "../../../src/testing/index.js";

type Json = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

const parsed = (made: Round): Json[] => made.map((text) => JSON.parse(text) as Json);
const types = (made: Round): string[] =>
  made.map((text) => responseEvent(text).type.replace("response.", ""));
const last = (made: Round): Json => parsed(made).at(-1) ?? {};

describe("round()", () => {
  test("has the events of a recorded round, in their order", () => {
    const made = round()
      .reasoning({ tokens: 516, summary: ["One thought"] })
      .message("29", { phase: "final_answer" })
      .completed();
    expect(types(made)).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "completed",
    ]);
    expect(parsed(made).map((event) => event["sequence_number"])).toEqual([...made.keys()]);
  });

  test("writes members in the recorded order", () => {
    const made = round().reasoning(516).message("29", { phase: "final_answer" }).completed();
    const keysOf = (type: string): string => {
      const text = made.find((text) => text.startsWith(`{"type":"response.${type}"`)) ?? "{}";
      return Object.keys(JSON.parse(text) as Json).join();
    };
    expect(keysOf("reasoning_summary_text.delta")).toBe(
      "type,delta,item_id,obfuscation,output_index,sequence_number,summary_index",
    );
    expect(keysOf("output_text.delta")).toBe(
      "type,content_index,delta,item_id,logprobs,obfuscation,output_index,sequence_number",
    );
    expect(keysOf("output_item.done")).toBe("type,item,output_index,sequence_number");
    expect(made[0]).toMatch(
      /^\{"type":"response.created","response":\{"id":"resp_[0-9a-f]{50}","object":"response"/,
    );
    expect(made[0]).toContain('"frequency_penalty":0.0,');
    expect(made.at(-1)).toMatch(/,"sequence_number":\d+\}$/);
  });

  test("gives reasoning an early encrypted content, and the one to replay when it is done", () => {
    const [added, done] = parsed(round().reasoning(516).completed())
      .filter((event) => event["item"])
      .map((event) => event["item"]["encrypted_content"] as string);
    expect(openThought(added ?? "", "")).toEqual({ tokens: 0, partial: true });
    expect(openThought(done ?? "", "")).toEqual({ tokens: 516 });
  });

  test.each([
    ["none", { encryptedContent: null }, undefined],
    ["a given one", { encryptedContent: "gAAAAAgiven" }, "gAAAAAgiven"],
  ])("can have encrypted content: %s", (_, options, expected) => {
    const done = parsed(round().reasoning(options).completed()).find(({ type }) =>
      type.endsWith("item.done"),
    );
    expect(done?.["item"]["encrypted_content"]).toBe(expected);
  });

  test("counts usage from its items", () => {
    const made = round().reasoning(300).webSearch().reasoning(216).message("one two").completed();
    const usage = usageOf(responseEvent(made.at(-1) ?? ""));
    expect(usage).toEqual({ input: 1000, cached: 0, output: 518, reasoning: 516, total: 1518 });
  });

  test("reports the usage it is told to", () => {
    const usage = (made: Round) => usageOf(responseEvent(made.at(-1) ?? ""));
    expect(
      usage(
        round()
          .reasoning(516)
          .completed({ usage: { input: 7, cached: 3 } }),
      ),
    ).toMatchObject({
      input: 7,
      cached: 3,
      total: 523,
    });
    expect(
      usage(
        round()
          .reasoning(10)
          .completed({ usage: { reasoning: 516 } }),
      )?.reasoning,
    ).toBe(516);
    expect(usage(round().completed({ usage: null }))).toBeUndefined();
  });

  test("streams the arguments of calls in deltas that add up", () => {
    const made = parsed(
      round()
        .functionCall("shell", { command: ["ls", "-l"] }, { callId: "call_1", fields: { namespace: "x" } })
        .customToolCall("apply_patch", "*** Begin Patch\n*** End Patch")
        .completed(),
    );
    const deltas = (type: string): string =>
      made.filter((event) => event["type"] === type).reduce((text, { delta }) => text + String(delta), "");
    expect(deltas("response.function_call_arguments.delta")).toBe('{"command":["ls","-l"]}');
    expect(deltas("response.custom_tool_call_input.delta")).toBe("*** Begin Patch\n*** End Patch");
    const [call, custom] = made
      .filter(({ type }) => type.endsWith("item.done"))
      .map(({ item }) => item as Json);
    expect(call).toMatchObject({
      type: "function_call",
      name: "shell",
      call_id: "call_1",
      namespace: "x",
      arguments: '{"command":["ls","-l"]}',
    });
    expect(custom).toMatchObject({ type: "custom_tool_call", name: "apply_patch" });
    expect(custom?.["call_id"]).toMatch(/^call_\w{24}$/);
  });

  test("never cuts a character in two", () => {
    const text = "最少需要取出 29 个糖果 🍬🍬🍬🍬🍬🍬🍬🍬🍬🍬";
    const deltas = parsed(round().message(text).completed()).filter(({ delta }) => delta !== undefined);
    expect(deltas.map(({ delta }) => String(delta)).join("")).toBe(text);
    // a lone half of a pair would not survive UTF-8
    for (const { delta } of deltas) expect(Buffer.from(String(delta)).toString()).toBe(delta);
  });

  test("numbers items and carries any other item and event", () => {
    const made = round()
      .webSearch()
      .event({ type: "codex.rate_limits", limit: 1 })
      .event("no json")
      .item({ type: "local_shell_call", call_id: "call_2" })
      .completed();
    const events = made.filter((text) => text.startsWith("{")).map((text) => JSON.parse(text) as Json);
    expect(made).toContain("no json");
    expect(made).toContain('{"type":"codex.rate_limits","limit":1}');
    const done = events.filter(({ type }) => type.endsWith("item.done"));
    expect(done.map(({ item, output_index }) => [item.type, output_index])).toEqual([
      ["web_search_call", 0],
      ["local_shell_call", 1],
    ]);
  });

  test("ends in every way a round can end", () => {
    const begun = round().message("hm");
    expect(last(begun.completed())).toMatchObject({
      type: "response.completed",
      response: { status: "completed", output: [], error: null },
    });
    expect(last(begun.completed({ output: "items" }))["response"]["output"]).toHaveLength(1);
    expect(last(begun.failed({ code: "cyber_policy", message: "No." }))["response"]).toMatchObject({
      status: "failed",
      error: { code: "cyber_policy", message: "No." },
      usage: null,
    });
    expect(last(begun.failed(null))["response"]["error"]).toBeNull();
    expect(last(begun.incomplete("content_filter"))).toMatchObject({
      type: "response.incomplete",
      response: { status: "incomplete", incomplete_details: { reason: "content_filter" } },
    });
    expect(last(begun.errorEvent({ code: "rate_limit_exceeded" }))).toMatchObject({
      type: "error",
      code: "rate_limit_exceeded",
    });
    expect(types(begun.cut()).at(-1)).toBe("output_item.done");
    expect(begun.cut({ after: 4 })).toHaveLength(4);
    const compaction = parsed(round().compaction());
    expect(compaction.filter(({ type }) => type.endsWith("item.done")).map(({ item }) => item.type)).toEqual([
      "compaction",
    ]);
  });

  test("has the same ids in every run, others for other content, and others by seed", () => {
    const id = (made: Round): unknown => parsed(made)[0]?.["response"]["id"];
    const build = (seed?: number) =>
      round(seed ? { seed } : {})
        .message("29")
        .completed();
    expect([...build()]).toEqual([...build()]);
    expect(id(build())).not.toBe(id(round().message("21").completed()));
    expect(id(build(1))).not.toBe(id(build(2)));
    expect(id(round({ id: "resp_1" }).completed())).toBe("resp_1");
  });

  test("is not changed by what is built upon it", () => {
    const begun = round().reasoning(516);
    begun.message("29").completed();
    expect(types(begun.completed())).not.toContain("output_text.delta");
  });
});
