import { Agent, request, type IncomingMessage } from "node:http";
import { agesIn } from "../processes/stamp.js";

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

export interface PostOptions {
  /** Hears the age of each stamped event, in milliseconds. */
  readonly onAge?: (milliseconds: number) => void;
  /** Hears every chunk, and what was left of the one before. */
  readonly onText?: (text: string) => void;
  /** Leaves in the middle of the response. */
  readonly leave?: AbortSignal;
}

/**
 * POSTs a turn and reads its response to the end.
 *
 * @returns the length of the response's body
 * @throws where it does not end with `response.completed`, unless the client left
 */
export async function post(base: string, body: string, options: PostOptions = {}): Promise<number> {
  const { onAge, onText, leave } = options;
  let bytes = 0;
  let completed = false;
  let rest = "";
  try {
    const response = await open(base, body, leave);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      const text = rest + chunk.toString("latin1");
      const whole = Math.max(text.lastIndexOf("\n\n"), 0);
      completed ||= text.includes("event: response.completed\n");
      if (onAge) agesIn(text.slice(0, whole)).forEach(onAge);
      onText?.(text);
      rest = text.slice(whole);
    }
  } catch (error) {
    if (leave?.aborted) return bytes;
    throw error;
  }
  if (!completed) throw new Error("a response ended early");
  return bytes;
}

/** POSTs a turn. @returns the response, which nobody reads yet */
export function open(base: string, body: string, leave?: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const url = `${base}/v1/responses`;
    const asked = request(url, { method: "POST", agent, headers, ...(leave && { signal: leave }) }, resolve);
    asked.on("error", reject);
    asked.end(body);
  });
}
