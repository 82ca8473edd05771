import type { JsonObject } from "../../protocol/event.js";

/** Header values by name; a list sends the header several times. */
export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** What the script can say to a request: events, events delivered in a special way, or a refusal. */
export type Answer = readonly string[] | Delivery | Reply;

/** An answer that is not a stream of events. Over a WebSocket it becomes the wrapped `error` frame. */
export interface Reply {
  readonly status: number;
  readonly headers?: Headers;
  /** Sent as JSON, unless it is a string or bytes. */
  readonly body?: unknown;
  /** Over a WebSocket: close the connection after the frame. */
  readonly close?: { readonly code: number; readonly reason?: string };
}

/** Events, and how they are delivered. */
export interface Delivery extends DeliveryOptions {
  /** The events' texts; an async source sends each when it comes. */
  readonly events: readonly string[] | AsyncIterable<string>;
}

/**
 * How events travel. What is left out: as fast as the client takes them, one write an event.
 *
 * A POST without `stream: true` is answered by the response as one JSON text once all events are due. It goes out in
 * as many pieces as there were events; what is said of events is then meant of these.
 */
export interface DeliveryOptions {
  /** Response headers of a POST. Over a WebSocket they have been sent with the upgrade, so these are not. */
  readonly headers?: Headers;
  /** Milliseconds before the first event. */
  readonly firstDelayMs?: number;
  /** Milliseconds between two events. */
  readonly delayMs?: number;
  /** Events a second, kept on average: late timers are made up for. */
  readonly eventsPerSecond?: number;
  /** Called before each event; what it returns is waited for. With it a test holds the stream where it wants. */
  readonly before?: (event: { readonly index: number; readonly text: string }) => void | Promise<void>;
  /** Writes of so many bytes: SSE text cut anywhere, WebSocket messages in fragments. */
  readonly chunkBytes?: number;
  /** All events in a single write. */
  readonly oneWrite?: boolean;
  readonly fault?: Fault;
  /** POST: the content type, where it should not be `text/event-stream` (or, without a stream, `application/json`). */
  readonly contentType?: string;
  /** POST: compress the body. */
  readonly gzip?: boolean;
  /** POST: how events are framed. Default: `event:` line, `data:` line, `\n`, no `[DONE]`. */
  readonly framing?: {
    readonly eventLines?: boolean;
    readonly lineEnd?: "\n" | "\r\n" | "\r";
    readonly done?: boolean;
  };
}

/** Something that goes wrong once `after` events have been sent. */
export type Fault =
  /** the TCP connection is reset */
  | { readonly kind: "reset"; readonly after: number; readonly midEvent?: boolean }
  /** the connection is closed: POST without the body's end, WebSocket with that close code (none: no close frame) */
  | {
      readonly kind: "close";
      readonly after: number;
      readonly midEvent?: boolean;
      readonly code?: number;
      readonly reason?: string;
    }
  /** nothing more comes, and nothing is closed */
  | { readonly kind: "stall"; readonly after: number }
  /** bytes that are no event: in the SSE body, or below the WebSocket framing; the rest of the events follows */
  | { readonly kind: "garbage"; readonly after: number; readonly bytes?: Uint8Array };

/** A {@link Reply}. */
export function reply(status: number, body?: unknown, headers?: Headers): Reply {
  return { status, body, ...(headers && { headers }) };
}

/**
 * A refusal as the API words it: `{"error":{"message","type","param","code"}}`.
 *
 * @param error what the `error` object should hold beside the usual
 */
export function apiError(status: number, error: JsonObject, headers?: Headers): Reply {
  const whole = {
    message: "The request was refused.",
    type: status >= 500 ? "server_error" : "invalid_request_error",
    param: null,
    code: null,
    ...error,
  };
  return reply(status, { error: whole }, headers);
}

export function isReply(answer: Answer): answer is Reply {
  return "status" in answer;
}

export function isDelivery(answer: Answer): answer is Delivery {
  return "events" in answer;
}

/** Headers as Node takes them raw: name, value, name, value. */
export function toRawHeaders(headers: Headers = {}): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((single) => [name, single as string]),
  );
}

/** A reply's body as bytes, and the content type that goes with it. */
export function replyBody({ body }: Reply): { bytes: Buffer; contentType: string } {
  if (body === undefined) return { bytes: Buffer.alloc(0), contentType: "text/plain" };
  if (typeof body === "string") return { bytes: Buffer.from(body), contentType: "text/plain" };
  if (body instanceof Uint8Array)
    return { bytes: Buffer.from(body), contentType: "application/octet-stream" };
  return { bytes: Buffer.from(JSON.stringify(body)), contentType: "application/json" };
}
