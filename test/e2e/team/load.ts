import { setTimeout as sleep } from "node:timers/promises";
import { isTerminal, responseEvent, type JsonObject } from "../../../src/protocol/event.js";
import { postClient, socketClient, type Client, type View } from "../../chaos/support/clients.js";
import { seeded } from "../../chaos/support/random.js";
import { breachesOf, textsOf } from "../../chaos/support/verdict.js";
import { answerTo } from "./model.js";

/** What clients saw. */
export interface Seen {
  /** Turns that ended with the right answer. */
  right: number;
  /** Frames that crossed with a 1012: nothing of an answer had come, and Codex asks again on a new socket. */
  crossed: number;
  /** All that must not be. */
  readonly wrong: string[];
}

export const nothingSeen = (): Seen => ({ right: 0, crossed: 0, wrong: [] });

/** The longest a client waits between two turns, in milliseconds: so that some sockets are idle when a restart comes. */
const PAUSE = 1000;

/** Asks so many turns by POST, with so many clients at once. */
export async function posts(base: string, seen: Seen, turns: number, clients: number): Promise<void> {
  await Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      const client = postClient(base, headersOf(`post ${i}`));
      for (let turn = 0; turn < turns / clients; turn++)
        await askRight(client, `post ${i}, turn ${turn}`, seen);
      client.close();
    }),
  );
}

/** Runs so many sessions at once, each with so many turns on one WebSocket, as long as that lives. */
export async function sessions(base: string, seen: Seen, count: number, turns: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const client = socketClient(base, async () => {}, headersOf(`session ${i}`));
      for (let turn = 0; turn < turns; turn++) await askRight(client, `session ${i}, turn ${turn}`, seen);
      client.close();
    }),
  );
}

/** What Codex sends to say whose turn it is. */
export function headersOf(name: string): Record<string, string> {
  return { "session-id": name, "thread-id": `${name}, thread`, authorization: "Bearer sk-secret" };
}

export function questionAbout(text: string): JsonObject {
  return {
    model: "gpt-5.5",
    input: [{ type: "message", role: "user", content: [{ type: "input_text", text }] }],
    reasoning: { effort: "high", summary: "auto" },
    include: ["reasoning.encrypted_content"],
    store: false,
  };
}

async function askRight(client: Client, question: string, seen: Seen): Promise<void> {
  await sleep(seeded(question)() * PAUSE);
  const view = await client.ask(questionAbout(question)).view;
  if (view.end === 1012 && view.events.length === 0) {
    seen.crossed++;
    return askRight(client, question, seen);
  }
  const why = [...breachesOf(view, true), ...whyWrong(view, question)];
  if (why.length > 0) seen.wrong.push(`${question}: ${why.join("; ")}`);
  else seen.right++;
}

function whyWrong({ status, body, events, end }: View, question: string): string[] {
  if (status !== 200 && status !== 101) return [`status ${status} ${body.slice(0, 200)}`];
  const terminal = events.map((text) => responseEvent(text)).find(isTerminal);
  if (terminal?.type !== "response.completed")
    return [`ended ${end} with ${terminal?.type ?? "no terminal"}`];
  const said = textsOf(events).join(" + ");
  return said === answerTo(question) ? [] : [`said ${said}`];
}
