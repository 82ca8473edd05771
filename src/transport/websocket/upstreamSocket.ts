import type { ClientRequest, IncomingMessage } from "node:http";
import { UpstreamLost, type Answer, type RawHeaders } from "../../protocol/errors.js";
import { endToEnd } from "../headers.js";
import type { Limits } from "../options.js";
import { upstreamLost } from "../upstream/failure.js";
import type { Upstream } from "../upstream/send.js";
import type { Target } from "../upstream/target.js";
import type { Side } from "./flow.js";
import { HANDSHAKE } from "./handshake.js";

/** An accepted upgrade. */
export interface UpstreamSocket extends Side {
  /** The 101's headers. */
  readonly headers: RawHeaders;
}

export interface OpenOptions {
  readonly upstream: Upstream;
  readonly target: Target;
  readonly limits: Limits;
  /** The client leaves. */
  readonly signal: AbortSignal;
}

/**
 * Opens the upstream's WebSocket with the client's own handshake headers.
 *
 * @returns the socket, paused, or the upstream's refusal
 * @throws {UpstreamLost} when there was no answer
 */
export async function openUpstream(
  { rawHeaders, headers }: Pick<IncomingMessage, "rawHeaders" | "headers">,
  { upstream, target, limits, signal }: OpenOptions,
): Promise<UpstreamSocket | Answer> {
  const [{ WebSocket }, agent] = await Promise.all([
    import("ws"),
    upstream.webSocketAgent(new URL(target.origin)),
  ]);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(target.origin.replace(/^http/, "ws"), {
      headers: grouped(endToEnd(rawHeaders, [...HANDSHAKE, "content-length"])),
      // What the client would not have compressed is not compressed for it.
      perMessageDeflate: offersDeflate(headers) && { zlibDeflateOptions: { memLevel: MEMORY_LEVEL } },
      maxPayload: limits.frameBytes,
      autoPong: false,
      finishRequest: (request) => {
        // To the letter: `ws` would make a URL of it.
        request.path = target.path;
        answersWithin(upstream.timeouts.firstByte, request);
        request.end();
      },
      agent,
      // An option of Node's request, which ws hands on without knowing it.
      ...{ maxHeaderSize: limits.headerBytes },
    });
    const abandon = (): void => socket.terminate();
    signal.addEventListener("abort", abandon, { once: true });
    if (signal.aborted) abandon();

    let answer: IncomingMessage | undefined;
    socket.on("upgrade", (response) => {
      answer = response;
      // The subprotocol is for the client to choose, and to judge; `ws` would want to.
      delete response.headers["sec-websocket-protocol"];
    });
    socket.on("unexpected-response", (_, response) => {
      signal.removeEventListener("abort", abandon);
      const { statusCode: status = 502, statusMessage: statusText = "", rawHeaders } = response;
      resolve({ status, statusText, headers: rawHeaders, body: response });
    });
    socket.on("open", () => {
      signal.removeEventListener("abort", abandon);
      socket.pause();
      if (answer) resolve({ socket, connection: answer.socket, headers: answer.rawHeaders });
    });
    socket.on("error", (error) => reject(upstreamLost(error, "connect")));
  });
}

/** A quarter of zlib's own table: 96 KB less a connection, and of a long session's frames not one byte more (measured). */
const MEMORY_LEVEL = 6;

function offersDeflate(headers: IncomingMessage["headers"]): boolean {
  return headers["sec-websocket-extensions"]?.includes("permessage-deflate") ?? false;
}

/** @param seconds from the connection to the answer, 0 for any; how long connecting may take is the agent's affair */
function answersWithin(seconds: number, request: ClientRequest): void {
  if (seconds === 0) return;
  const late = new UpstreamLost("no answer within the first-byte timeout", "timeout");
  request.on("socket", () => {
    const timer = setTimeout(() => request.destroy(late), seconds * 1000);
    for (const end of ["response", "upgrade", "close"]) request.once(end, () => clearTimeout(timer));
  });
}

/** Headers as `ws` takes them; a name that comes several times stays several lines. */
function grouped(headers: RawHeaders): Record<string, string[]> {
  const groups = new Map<string, [name: string, values: string[]]>();
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? "";
    const group = groups.get(name.toLowerCase()) ?? [name, []];
    group[1].push(headers[i + 1] ?? "");
    groups.set(name.toLowerCase(), group);
  }
  return Object.fromEntries(groups.values());
}
