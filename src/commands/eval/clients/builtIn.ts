import { concatMap, from, lastValueFrom, toArray } from "rxjs";
import { parseEvents } from "../../../operators/parseEvents.js";
import { isItemDone } from "../../../protocol/event.js";
import { itemOf } from "../../../protocol/items.js";
import { packageVersion } from "../../../version.js";
import type { Client, Question, Reply } from "./client.js";

/** What rehearses where there is no Codex: a POST, and what comes back. */
export function builtInClient(): Client {
  return {
    name: "the built-in client (there is no codex on PATH)",
    version: `built-in client ${packageVersion}`,
    ask: (question) => ask(question).catch((error: unknown) => failed(question, error)),
    close: async () => {},
  };
}

async function ask({ prompt, model, effort, baseUrl, timeout, signal }: Question): Promise<Reply> {
  const body = JSON.stringify({
    model,
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text: prompt }] }],
    reasoning: effort === "default" ? {} : { effort },
    include: ["reasoning.encrypted_content"],
    store: false,
    stream: true,
  });
  const response = await fetch(`${baseUrl}/responses`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]),
  });
  const events = await lastValueFrom(
    from(response.body ?? []).pipe(
      concatMap((chunk) => [chunk as Uint8Array]),
      parseEvents(),
      toArray(),
    ),
  );
  const message = events
    .filter(isItemDone)
    .map(itemOf)
    .findLast((item) => item?.["type"] === "message");
  const text = (message?.["content"] as { text?: string }[] | undefined)?.[0]?.text;
  const failure = text === undefined ? `the upstream answered ${response.status}` : undefined;
  return { text, timedOut: false, failure, tools: 0, transcript: text ?? "" };
}

function failed({ signal }: Question, error: unknown): Reply {
  const timedOut = !signal.aborted && (error as Error).name === "TimeoutError";
  const failure = timedOut ? undefined : (error as Error).message;
  return { text: undefined, timedOut, failure, tools: 0, transcript: "" };
}
