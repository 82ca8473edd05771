import { itemText } from "../../protocol/continuation.js";
import { isItemDone, responseEvent } from "../../protocol/event.js";
import { itemOf } from "../../protocol/items.js";
import { editJson, memberText } from "../../protocol/jsonText.js";
import { responseOf } from "../../protocol/usage.js";
import type { Delivery } from "./answer.js";
import { clock, deliver, type EventSink } from "./deliver.js";
import type { Outcome } from "./request.js";

/** A POST that waits for its response as one JSON text. */
export interface WholeChannel {
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal;
  /** Sends the head. @param length of the body in bytes */
  begin(delivery: Delivery, length: number): EventSink;
}

/** Answers with the response alone, once all its events are due. Never rejects for a client that went away. */
export async function deliverWhole(delivery: Delivery, { gone, begin }: WholeChannel): Promise<Outcome> {
  const { firstDelayMs: _first, delayMs: _delay, eventsPerSecond: _pace, ...rest } = delivery;
  const texts: string[] = [];
  const due = clock(delivery, gone);
  try {
    for await (const text of delivery.events) {
      await due(texts.length);
      if (gone.aborted) return "aborted";
      texts.push(text);
    }
  } catch (error) {
    if (gone.aborted) return "aborted";
    throw error;
  }
  const body = wholeText(texts);
  const sent = { ...rest, events: inPieces(body, texts.length) };
  return deliver(sent, begin(sent, Buffer.byteLength(body)));
}

/** The last response object, with all items: a terminal may list none. */
export function wholeText(texts: readonly string[]): string {
  const events = texts.map((text) => responseEvent(text));
  const items = events.filter((event) => isItemDone(event) && itemOf(event)).map(itemText);
  const last = events.findLast(responseOf);
  const response = last ? memberText(last.data, "response") : undefined;
  return editJson(response ?? "{}", [{ path: ["output"], raw: `[${items.join(",")}]` }]);
}

function inPieces(text: string, count: number): string[] {
  const length = Math.ceil(text.length / Math.max(count, 1));
  /** Never between the two halves of a character. */
  const cut = (index: number): number =>
    index * length + (/^[\udc00-\udfff]/.test(text.charAt(index * length)) ? 1 : 0);
  return Array.from({ length: count }, (_, index) => text.slice(cut(index), cut(index + 1)));
}
