import type { Readable } from "node:stream";

/** HTTP headers as a flat list, name then value, in wire order: several `set-cookie` stay several. */
export type RawHeaders = readonly string[];

/** An HTTP answer whose body has not been read. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: RawHeaders;
  readonly body: Readable;
}

/**
 * The upstream answered a round with something other than an event stream (or, where it was not asked to stream, than a
 * response). It carries the answer untouched, so that the edge can pass it on as it would have looked without the
 * proxy. Whoever catches it reads or destroys the body.
 */
export class RoundRejected extends Error {
  override readonly name = "RoundRejected";
  readonly answer: Answer;
  /** It may be a response, but more than may be kept: nobody looked at it. */
  readonly tooLong: boolean;

  constructor(answer: Answer, tooLong = false) {
    super(`upstream answered ${answer.status}`);
    this.answer = answer;
    this.tooLong = tooLong;
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

/**
 * Has `instanceof` know these errors from another copy of this package as well. There may be two in a process: the
 * executables are bundles, and what a user's operator imports is the library.
 */
function knowAcrossCopies(name: string, type: new (...args: never[]) => Error): void {
  const mark = Symbol.for(`codexcomp.${name}`);
  Object.defineProperty(type.prototype, mark, {});
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, error: unknown): boolean {
      if (this !== type) return Function.prototype[Symbol.hasInstance].call(this as () => void, error);
      return typeof error === "object" && error !== null && mark in error;
    },
  });
}

knowAcrossCopies("RoundRejected", RoundRejected);
knowAcrossCopies("UpstreamLost", UpstreamLost);
knowAcrossCopies("InvalidRequest", InvalidRequest);
