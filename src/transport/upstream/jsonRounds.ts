import { Readable } from "node:stream";
import { Observable } from "rxjs";
import { InvalidRequest, RoundRejected, type Answer } from "../../protocol/errors.js";
import type { ResponseEvent } from "../../protocol/event.js";
import { header, headerValues } from "../../protocol/rawHeaders.js";
import { eventsOfResponse } from "../../protocol/wholeResponse.js";
import type { OpenHeadedRound } from "../../recordings/recorder.js";
import { decodeBody, encodingNames } from "../encodings.js";
import { collectBody } from "./collectBody.js";
import { send, type Outgoing, type Upstream } from "./send.js";
import type { Target } from "./target.js";

export interface JsonRoundsOptions {
  readonly upstream: Upstream;
  readonly target: Target;
  /** The request's headers and bytes for one round's body. */
  readonly encode: (body: string) => Outgoing;
  /** The most that is collected of an answer, as it comes and decoded, in bytes. */
  readonly maxBytes: number;
  /** Hears the head of every answer that may be a response, and has its bytes as they come. */
  readonly onAnswer: (answer: CollectedAnswer) => void;
}

/** An answer that came whole, or is about to. */
export interface CollectedAnswer {
  readonly head: Answer;
  /** The body so far, as it came. */
  readonly chunks: Buffer[];
  /** The body, decoded, once it is complete. */
  text?: string;
}

/** Opens rounds as POSTs that are answered by a response as one JSON text. */
export function jsonRounds(options: JsonRoundsOptions): OpenHeadedRound {
  const upstream = withPatience(options.upstream);
  let rounds = 0;
  return (body, onHead) => {
    // Not by the Observable, which would keep the body's text for as long as the response takes.
    const outgoing = options.encode(body);
    return new Observable<ResponseEvent>((subscriber) => {
      const round = ++rounds;
      const abort = new AbortController();
      /** Nothing is left to abort, or the answer is the edge's to pass on: a refused continuation is of no use. */
      let over = false;

      const rejection = (answer: Answer, tooLong = false): RoundRejected => {
        over = round === 1;
        return new RoundRejected(answer, tooLong);
      };
      const open = async (): Promise<void> => {
        const { target, maxBytes, onAnswer } = options;
        const head = await send(upstream, { method: "POST", target, ...outgoing, signal: abort.signal });
        if (!mayBeJson(head)) throw rejection(head);
        const answer: CollectedAnswer = { head, chunks: [] };
        onAnswer(answer);
        const rest = await collectBody(head.body, answer.chunks, maxBytes);
        if (rest) throw rejection({ ...head, body: rest }, true);
        over = true;

        const asItCame = (): Answer => ({ ...head, body: Readable.from(answer.chunks) });
        const text = await decodedText(head, answer.chunks, maxBytes).catch((error: unknown) => {
          throw rejection(asItCame(), isTooLong(error));
        });
        const events = eventsOfResponse(text);
        if (!events) throw rejection(asItCame());
        answer.text = text.trim();
        onHead?.(head);
        for (const event of events) subscriber.next(event);
        subscriber.complete();
      };
      open().catch((error: unknown) => subscriber.error(error));

      return () => {
        if (!over) abort.abort();
      };
    });
  };
}

/** What may be JSON: some gateways call it by the name of something else, or by none. */
const MAYBE_JSON = /^$|^(application\/(([\w.-]+\+)?json|octet-stream)|text\/plain)\b/i;

function mayBeJson({ status, headers }: Answer): boolean {
  return status >= 200 && status <= 299 && MAYBE_JSON.test(header(headers, "content-type") ?? "");
}

async function decodedText(
  { headers }: Answer,
  chunks: readonly Buffer[],
  maxBytes: number,
): Promise<string> {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
  const encodings = encodingNames(headerValues(headers, "content-encoding"));
  const { buffer, byteOffset, byteLength } = await decodeBody(bytes, encodings, maxBytes);
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

function isTooLong(error: unknown): boolean {
  return error instanceof InvalidRequest && error.status === 413;
}

/**
 * An answer that does not stream begins when it is complete: it may take as long as a stream may take to begin and then
 * be silent.
 */
function withPatience({ timeouts, ...upstream }: Upstream): Upstream {
  const { firstByte, idle } = timeouts;
  const isLimited = firstByte > 0 && idle > 0;
  return { ...upstream, timeouts: { ...timeouts, firstByte: isLimited ? firstByte + idle : 0 } };
}
