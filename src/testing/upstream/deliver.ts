import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, Fault } from "./answer.js";
import type { Outcome } from "./request.js";

/** One response stream on its way to the client, whichever the transport. */
export interface EventSink {
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal;
  /** Sends events, and waits where the client is slower. */
  write(texts: readonly string[]): Promise<void>;
  /** Ends the stream as it should end. */
  end(): Promise<void>;
  /** Ends it as it should not; `next` is the event that is cut, if it is. */
  break(fault: Fault & { readonly kind: "reset" | "close" }, next: string | undefined): Promise<void>;
  /** Sends bytes that are no event. */
  garbage(bytes: Uint8Array): Promise<void>;
}

const GARBAGE = Buffer.from([0xff, 0xfe, 0x00, 0x83, 0x7b, 0x0a, 0x0a]);

/** Sends the events of a delivery, at its pace and with its fault. Never rejects for a client that went away. */
export async function deliver(delivery: Delivery, sink: EventSink): Promise<Outcome> {
  try {
    return await send(delivery, sink);
  } catch (error) {
    if (sink.gone.aborted) return "aborted";
    throw error;
  }
}

async function send(delivery: Delivery, sink: EventSink): Promise<Outcome> {
  const { events, fault, oneWrite, before } = delivery;
  const due = clock(delivery, sink.gone);
  const together: string[] = [];
  let index = 0;

  for await (const text of events) {
    if (sink.gone.aborted) return "aborted";
    if (fault && index === fault.after) {
      const end = await apply(fault, sink, together, text);
      if (end) return end;
    }
    await due(index);
    if (before) await unlessGone(before({ index, text }), sink.gone);
    if (sink.gone.aborted) return "aborted";
    if (oneWrite) together.push(text);
    else await sink.write([text]);
    index++;
  }
  if (fault && fault.after >= index) {
    const end = await apply(fault, sink, together, undefined);
    if (end) return end;
  }
  if (together.length > 0) await sink.write(together);
  await sink.end();
  return sink.gone.aborted ? "aborted" : "answered";
}

/** @returns how the stream ended, if the fault ends it */
async function apply(
  fault: Fault,
  sink: EventSink,
  together: string[],
  next: string | undefined,
): Promise<Outcome | undefined> {
  if (together.length > 0) await sink.write(together.splice(0));
  if (fault.kind === "garbage") {
    await sink.garbage(fault.bytes ?? GARBAGE);
    return undefined;
  }
  if (fault.kind === "stall") {
    await unlessGone(new Promise(() => undefined), sink.gone);
    return "aborted";
  }
  await sink.break(fault, fault.midEvent ? next : undefined);
  return "broken";
}

/** Waits until an event is due. */
export function clock(delivery: Delivery, gone: AbortSignal): (index: number) => Promise<void> {
  const { firstDelayMs = 0, delayMs = 0, eventsPerSecond } = delivery;
  const interval = eventsPerSecond ? 1000 / eventsPerSecond : delayMs;
  let start: number | undefined;
  return async (index) => {
    start ??= performance.now() + firstDelayMs;
    const wait = eventsPerSecond
      ? start + index * interval - performance.now()
      : index === 0
        ? firstDelayMs
        : interval;
    if (wait > 0) await sleep(wait, undefined, { signal: gone });
  };
}

async function unlessGone(promise: void | Promise<void>, gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  gone.addEventListener("abort", leave, { once: true });
  try {
    await Promise.race([promise, left]);
  } finally {
    gone.removeEventListener("abort", leave);
  }
}
