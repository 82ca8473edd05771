import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Agent } from "node:http";
import { WebSocket } from "ws";
import { UpstreamLost, type Answer, type RawHeaders } from "../../protocol/errors.js";
import { endToEnd } from "../headers.js";
import type { ProxyOptions } from "../options.js";
import { upstreamLost } from "../upstream/failure.js";
import type { Target } from "../upstream/target.js";

/** An accepted upgrade. */
export interface UpstreamSocket {
  readonly socket: WebSocket;
  readonly connection: Socket;
  /** The 101's headers. */
  readonly headers: RawHeaders;
}

/** Headers of the client's handshake that belong to its own connection, or that `ws` writes itself. */
export const HANDSHAKE = [
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-extensions",
  "sec-websocket-protocol",
  "sec-websocket-accept",
];

/**
 * Opens the upstream's WebSocket with the client's own handshake headers.
 *
 * @returns the socket, paused until the caller listens, or the upstream's refusal
 * @throws {UpstreamLost} when there was no answer
 */
export function openUpstream(
  target: Target,
  request: Pick<IncomingMessage, "rawHeaders" | "headers">,
  options: ProxyOptions,
  agent: Agent | undefined,
  signal: AbortSignal,
): Promise<UpstreamSocket | Answer> {
  return new Promise((resolve, reject) => {
    const { timeouts, limits } = options;
    const socket = new WebSocket(
      `${target.origin.replace(/^http/, "ws")}${target.path}`,
      protocolsOf(request.headers),
      {
        headers: headerObject(endToEnd(request.rawHeaders, HANDSHAKE)),
        // Compressing costs the upstream's link nothing only where the client would have done it too.
        perMessageDeflate:
          request.headers["sec-websocket-extensions"]?.includes("permessage-deflate") ?? false,
        maxPayload: limits.frameBytes,
        // From the connection on; how long that may take is the agent's affair.
        handshakeTimeout: timeouts.firstByte * 1000,
        // An option of Node's request, which ws hands on without knowing it.
        ...{ maxHeaderSize: limits.headerBytes },
        autoPong: false,
        ...(agent ? { agent } : {}),
      },
    );
    const abandon = (): void => socket.terminate();
    signal.addEventListener("abort", abandon, { once: true });
    let answer: IncomingMessage | undefined;
    socket.on("upgrade", (response) => (answer = response));
    socket.on("unexpected-response", (_, response) => {
      resolve({
        status: response.statusCode ?? 502,
        statusText: response.statusMessage ?? "",
        headers: response.rawHeaders,
        body: response,
      });
    });
    socket.on("open", () => {
      signal.removeEventListener("abort", abandon);
      socket.pause();
      if (answer) resolve({ socket, connection: answer.socket, headers: answer.rawHeaders });
    });
    socket.on("error", (error) => reject(handshakeLost(error)));
  });
}

/** `ws` gives its own timeout no code (8.23). */
function handshakeLost(error: Error): UpstreamLost {
  return error.message === "Opening handshake has timed out"
    ? new UpstreamLost("no answer within the first-byte timeout", "timeout", { cause: error })
    : upstreamLost(error, "connect");
}

function protocolsOf(headers: IncomingMessage["headers"]): string[] {
  return (headers["sec-websocket-protocol"] ?? "").split(/\s*,\s*/).filter((name) => name !== "");
}

function headerObject(headers: readonly string[]): Record<string, string[]> {
  const object: Record<string, string[]> = {};
  for (let i = 0; i + 1 < headers.length; i += 2)
    (object[headers[i] ?? ""] ??= []).push(headers[i + 1] ?? "");
  return object;
}
