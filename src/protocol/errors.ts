import type { Readable } from "node:stream";

/** HTTP headers as a flat list, name then value, in wire order: several `set-cookie` stay several. */
export type RawHeaders = readonly string[];

/**
 * The upstream answered a round with something other than an event stream (or refused the WebSocket turn).
 * It carries the answer untouched, so that the edge can pass it on as it would have looked without the proxy.
 */
export class RoundRejected extends Error {
  override readonly name = "RoundRejected";
  readonly status: number;
  readonly headers: RawHeaders;
  /** The answer's body, not yet read. Whoever catches the error consumes or destroys it. */
  readonly body: Readable;

  constructor(status: number, headers: RawHeaders, body: Readable) {
    super(`upstream answered ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** How an upstream was lost: before an answer, too late, or after the answer had begun. */
export type LossPhase = "connect" | "timeout" | "stream";

/** The upstream could not be reached, or its connection died before the round was over. */
export class UpstreamLost extends Error {
  override readonly name = "UpstreamLost";
  readonly phase: LossPhase;

  /**
   * @param reason in words, free of addresses' credentials and of content
   * @param phase when it happened
   */
  constructor(reason: string, phase: LossPhase, options?: ErrorOptions) {
    super(reason, options);
    this.phase = phase;
  }
}

/** The client's request cannot be understood. `status` is the HTTP status to answer with. */
export class InvalidRequest extends Error {
  override readonly name = "InvalidRequest";
  readonly status: 400 | 413 | 415;

  constructor(message: string, status: 400 | 413 | 415 = 400) {
    super(message);
    this.status = status;
  }
}
