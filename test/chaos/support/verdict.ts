import { isTerminal, parseJsonObject, responseEvent, type JsonObject } from "../../../src/protocol/event.js";
import { ANSWERS } from "./phases.js";
import type { View } from "./clients.js";

/** What the client ends with, in the words of docs/reliability.md. */
export type Ending =
  | "the answer"
  | "the first round's answer"
  | "the stream dies"
  | "the stream ends, no terminal"
  | "504"
  | "502"
  | "the upstream's own answer"
  | "closed as the upstream closed it"
  | "the upstream is stopped"
  | `other: ${string}`;

/** The code with which the upstream closes where a fault says so. */
export const UPSTREAM_CLOSE = 1011;

/** Names what a client saw. */
export function endingOf(view: View): Ending {
  const { status, body, events, end } = view;
  if (end === "cut" && status === 200 && body !== "") return "the stream dies";
  const whole = wholeAnswer(view);
  if (whole) return answerOf(whole.texts, whole.response);
  const terminal = events.map((text) => responseEvent(text)).find(isTerminal);
  if (body !== "")
    return status === 502 || status === 504 ? failureOf(status, errorOf(body)) : "the upstream's own answer";
  if (terminal?.type === "response.completed") return answerOf(textsOf(events), responseOf(terminal.json));
  if (terminal?.type === "error") {
    const { status = 0, error } = terminal.json as { status?: number; error?: JsonObject };
    return failureOf(status, error);
  }
  if (terminal) return `other: ${terminal.type}`;
  if (end === "cut" || end === 1006) return "the stream dies";
  if (end === UPSTREAM_CLOSE) return "closed as the upstream closed it";
  return end === "complete" ? "the stream ends, no terminal" : `other: closed with ${end}`;
}

function failureOf(status: number, error: JsonObject | undefined): Ending {
  if (error?.["code"] === "upstream_connection_error" && status === 502) return "502";
  if (error?.["code"] === "upstream_connection_error" && status === 504) return "504";
  return "the upstream's own answer";
}

function answerOf(answers: readonly string[], response: JsonObject): Ending {
  const stopped = (response["metadata"] as JsonObject | undefined)?.["proxy_stopped_reason"];
  const said = answers.join(" + ");
  if (stopped === undefined && (said === ANSWERS.whole || said === ANSWERS.live)) return "the answer";
  if (stopped === "continuation_failed" && said === ANSWERS.cut) return "the first round's answer";
  return `other: completed with "${said}" (${String(stopped)})`;
}

/** A response that did not stream, and the texts of its messages. */
function wholeAnswer({ body }: View): { texts: string[]; response: JsonObject } | undefined {
  const response = parseJsonObject(body);
  if (response?.["object"] !== "response") return undefined;
  const output = response["output"] as { type: string; content: { text: string }[] }[];
  const messages = output.filter(({ type }) => type === "message");
  return { texts: messages.flatMap(({ content }) => content.map(({ text }) => text)), response };
}

/** The texts of the finished messages. */
export function textsOf(events: readonly string[]): string[] {
  return events
    .map((text) => responseEvent(text))
    .filter(({ type }) => type === "response.output_text.done")
    .map(({ json }) => String(json?.["text"]));
}

/** What every stream must be, whatever happened above (DESIGN.md, invariants 4, 5 and 7). @returns what it is not */
export function breachesOf({ events }: View, trailingAllowed: boolean): string[] {
  const parsed = events.map((text) => responseEvent(text)).filter(({ type }) => type !== "");
  const types = parsed.map(({ type }) => type);
  const breaches: string[] = [];
  const expect = (holds: boolean, what: string): void => void (holds || breaches.push(what));

  const terminals = parsed.flatMap((event, i) => (isTerminal(event) ? [i] : []));
  const first = terminals[0] ?? types.length - 1;
  const own = parsed.slice(0, first + 1);
  if (!trailingAllowed)
    expect(first === types.length - 1, `events behind the terminal: ${types.slice(first + 1).join()}`);
  expect(!types.includes("response.incomplete"), "response.incomplete was invented");
  if (own.length > 0 && types[0] !== "error") {
    expect(
      types.slice(0, first + 1).filter((type) => type === "response.created").length === 1,
      "not one response.created",
    );
    expect(types[0] === "response.created", `begins with ${types[0]}`);
    const numbers = own.map(({ json }) => json?.["sequence_number"]).filter((n) => n !== undefined);
    expect(
      numbers.every((n, i) => n === i),
      `sequence_number: ${numbers.join()}`,
    );
  }
  const added = own.filter(({ type }) => type === "response.output_item.added");
  const indexes = added.map(({ json }) => json?.["output_index"]);
  expect(
    indexes.every((n, i) => n === i),
    `output_index: ${indexes.join()}`,
  );
  const done = own
    .filter(({ type }) => type === "response.output_item.done")
    .map(({ json }) => (json?.["item"] as JsonObject)["id"]);
  expect(new Set(done).size === done.length, `an item is done twice: ${done.join()}`);
  return breaches;
}

function responseOf(json: JsonObject | undefined): JsonObject {
  return (json?.["response"] ?? {}) as JsonObject;
}

function errorOf(body: string): JsonObject | undefined {
  try {
    return (JSON.parse(body) as { error?: JsonObject }).error;
  } catch {
    return undefined;
  }
}
