import { memberText } from "../../../src/protocol/jsonText.js";
import type { JsonObject } from "../../../src/protocol/event.js";
import type { Round } from "../../../src/testing/index.js";
import type { Seen } from "./client.js";
import { runTurn, turnBody } from "./turns.js";

/** A body that does not ask for a stream. */
export function jsonBody(fields: JsonObject = {}): string {
  return turnBody({ stream: false, ...fields });
}

/** Runs a turn that does not stream to its end. */
export function runJsonTurn(
  base: string,
  body: string = jsonBody(),
  headers: Readonly<Record<string, string | string[]>> = {},
): Promise<Seen> {
  return runTurn(base, body, headers);
}

/** The response that a round ends with, written as the API writes it: in lines. */
export function responseOf(round: Round): string {
  const text = memberText(round.at(-1) ?? "", "response") ?? "";
  return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
}

/** What a client reads of a response. */
export interface ReadResponse {
  readonly id: string;
  readonly status: string;
  readonly created_at: number;
  readonly output: readonly (JsonObject & { readonly type: string })[];
  readonly usage: JsonObject;
  readonly metadata: JsonObject;
}

export function read({ text }: Pick<Seen, "text">): ReadResponse {
  return JSON.parse(text) as ReadResponse;
}
