import type { Agent } from "node:http";
import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { Answer, RawHeaders } from "../../protocol/errors.js";
import type { Timeouts } from "../options.js";
import { upstreamLost } from "./failure.js";
import type { Target } from "./target.js";

/** What is needed to reach an upstream over HTTP. */
export interface Upstream {
  readonly dispatcher: () => Promise<Dispatcher>;
  readonly timeouts: Timeouts;
  /** The agent for WebSockets to that address: the same way, through the same proxy. */
  readonly webSocketAgent: (url: URL) => Promise<Agent>;
}

/** A request's headers and body, as they go upstream. */
export interface Outgoing {
  readonly headers: RawHeaders;
  readonly body: Uint8Array | string | Readable | null;
}

export interface UpstreamRequest extends Outgoing {
  readonly method: string;
  readonly target: Target;
  readonly signal: AbortSignal;
}

/**
 * Sends one HTTP request; never a second time.
 *
 * @throws {UpstreamLost} when no answer came
 */
export async function send({ dispatcher, timeouts }: Upstream, request: UpstreamRequest): Promise<Answer> {
  const { method, target, headers, body, signal } = request;
  try {
    const client = await dispatcher();
    const response = await client.request({
      ...target,
      method: method as Dispatcher.HttpMethod,
      headers: headers as string[],
      body,
      signal,
      responseHeaders: "raw",
      headersTimeout: timeouts.firstByte * 1000,
      bodyTimeout: timeouts.idle * 1000,
    });
    return {
      status: response.statusCode,
      statusText: response.statusText,
      headers: response.headers as unknown as string[],
      body: response.body,
    };
  } catch (error) {
    throw upstreamLost(error, "connect");
  }
}
