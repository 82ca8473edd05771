import { onTestFinished } from "vitest";
import type { JsonObject } from "../../../src/protocol/event.js";
import {
  simulatedUpstream,
  type SimulatedUpstream,
  type SimulatedUpstreamOptions,
} from "../../../src/testing/index.js";
import { ask, type Asking, type Seen } from "./client.js";

/** A body such as Codex sends: encrypted reasoning asked for, nothing stored. */
export function turnBody(fields: JsonObject = {}): string {
  return JSON.stringify({
    model: "gpt-5.5",
    instructions: "You are a coding agent.",
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "How many?" }] }],
    reasoning: { effort: "high", summary: "auto" },
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
    ...fields,
  });
}

/** The request of one turn. */
export function turnRequest(
  body: string | Uint8Array = turnBody(),
  headers: Readonly<Record<string, string | string[]>> = {},
): Asking {
  return {
    method: "POST",
    path: "/v1/responses",
    headers: { "content-type": "application/json", ...headers },
    body,
  };
}

/** Runs one turn to its end. */
export function runTurn(base: string, ...request: Parameters<typeof turnRequest>): Promise<Seen> {
  return ask(base, turnRequest(...request));
}

/** A simulated upstream that is gone with the test. */
export async function simulated(options: SimulatedUpstreamOptions): Promise<SimulatedUpstream> {
  const upstream = await simulatedUpstream(options);
  onTestFinished(() => upstream.close());
  return upstream;
}

/** Events as SSE in the form that the real backend uses. */
export function canonicalSse(texts: readonly string[]): string {
  return texts.map((text) => `event: ${typeOf(text)}\ndata: ${text}\n\n`).join("");
}

/** The events' JSON texts of an SSE body; comments and names are left out. */
export function dataOf(sse: string): string[] {
  return sse
    .split(/\r\n\r\n|\n\n/)
    .map((block) =>
      block
        .split(/\r?\n/)
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).replace(/^ /, ""))
        .join("\n"),
    )
    .filter((data) => data !== "");
}

/** The events of an SSE body, parsed. */
export function eventsOf(sse: string): JsonObject[] {
  return dataOf(sse)
    .filter((data) => data.startsWith("{"))
    .map((data) => JSON.parse(data) as JsonObject);
}

function typeOf(text: string): string {
  return String((JSON.parse(text) as JsonObject)["type"]);
}
