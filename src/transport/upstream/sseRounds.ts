import type { Readable } from "node:stream";
import type { BehaviorSubject } from "rxjs";
import { Observable, tap } from "rxjs";
import { isTerminal, type ResponseEvent } from "../../protocol/event.js";
import { RoundRejected, type Answer } from "../../protocol/errors.js";
import { header, headerValues } from "../../protocol/rawHeaders.js";
import { parseEvents } from "../../operators/parseEvents.js";
import type { OpenHeadedRound } from "../../recordings/recorder.js";
import { decodedStream, encodingNames } from "../encodings.js";
import { upstreamLost } from "./failure.js";
import { readFirstBytes } from "./firstBytes.js";
import { send, type Outgoing, type Upstream } from "./send.js";
import type { Target } from "./target.js";

export interface SseRoundsOptions {
  readonly upstream: Upstream;
  readonly target: Target;
  /** The request's headers and bytes for one round's body. */
  readonly encode: (body: string) => Outgoing;
  /** False while the client does not read: the upstream is paused. */
  readonly flowing: BehaviorSubject<boolean>;
  /** Hears the head of every accepted round. */
  readonly onHead: (response: Answer) => void;
}

/** How long a response whose terminal has been read may take to end, in milliseconds, before its connection is cut. */
const TAIL_MILLISECONDS = 1000;

/** Opens rounds as SSE POSTs. */
export function sseRounds(options: SseRoundsOptions): OpenHeadedRound {
  let rounds = 0;
  return (body, onHead) => {
    // Not by the Observable, which would keep the body's text for as long as the response takes.
    const outgoing = options.encode(body);
    return new Observable<ResponseEvent>((subscriber) => {
      const round = ++rounds;
      const abort = new AbortController();
      let terminated = false;
      /** Round 1's refusal is the client's answer, and its body the edge's to read; a continuation's is of no use. */
      let rejected = false;
      let response: Answer | undefined;

      const stream = async (): Promise<void> => {
        const { upstream, target } = options;
        const answer = await send(upstream, { method: "POST", target, ...outgoing, signal: abort.signal });
        const { events, whole } = await eventStream(answer);
        response = whole;
        if (!events) {
          rejected = true;
          throw new RoundRejected(response);
        }
        options.onHead(response);
        onHead?.(response);
        chunks(events, options.flowing)
          .pipe(
            parseEvents(),
            tap((event) => (terminated ||= isTerminal(event))),
          )
          .subscribe(subscriber);
      };
      stream().catch((error: unknown) => subscriber.error(error));

      return () => {
        if (terminated && response) drain(response.body, abort);
        else if (!(rejected && round === 1)) abort.abort();
      };
    });
  };
}

/**
 * The body, if it is a stream of events: its content type says so, or its first bytes do. What is compressed is known by
 * its type only.
 *
 * @returns the answer too, with its whole body
 * @throws {UpstreamLost} when nothing came of a body
 */
async function eventStream(
  answer: Answer,
): Promise<{ readonly events?: Readable | undefined; readonly whole: Answer }> {
  const { status, headers, body } = answer;
  if (status < 200 || status > 299) return { whole: answer };
  const encodings = encodingNames(headerValues(headers, "content-encoding"));
  if (/^text\/event-stream\b/i.test(header(headers, "content-type") ?? ""))
    return { events: decodedStream(body, encodings), whole: answer };
  if (encodings.some((name) => name !== "identity")) return { whole: answer };
  try {
    const first = await readFirstBytes(body);
    return { events: first.isEvents ? first.body : undefined, whole: { ...answer, body: first.body } };
  } catch (error) {
    throw upstreamLost(error, "connect");
  }
}

function chunks(body: Readable, flowing: Observable<boolean>): Observable<Uint8Array> {
  return new Observable((subscriber) => {
    body.on("data", (chunk: Uint8Array) => subscriber.next(chunk));
    body.on("end", () => subscriber.complete());
    body.on("error", (error) => subscriber.error(upstreamLost(error, "stream")));
    const flow = flowing.subscribe((flows) => (flows ? body.resume() : body.pause()));
    return () => {
      flow.unsubscribe();
      body.removeAllListeners("data");
    };
  });
}

/** The response is complete but for its last bytes: reading them keeps the connection for the next round. */
function drain(body: Readable, abort: AbortController): void {
  if (body.readableEnded || body.destroyed) return;
  const timer = setTimeout(() => abort.abort(), TAIL_MILLISECONDS);
  body.on("close", () => clearTimeout(timer));
  body.on("error", () => {});
  body.resume();
}
