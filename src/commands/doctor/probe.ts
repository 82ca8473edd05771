import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { upstreamLost } from "../../transport/upstream/failure.js";
import type { UpstreamNetwork } from "../../transport/upstream/network/network.js";
import { packageVersion } from "../../version.js";

/** How an upstream answered a question that carries no credentials and costs nothing. */
export interface Answer {
  readonly status: number;
  /** Its `Date` header, milliseconds of the epoch. */
  readonly there: number | undefined;
  /** The middle of the exchange by our own clock. */
  readonly here: number;
}

/** Why there was no answer: in words without credentials, and Node's code for it. */
export interface NoAnswer {
  readonly reason: string;
  readonly code: string;
}

const PATIENCE_MS = 10_000;
const HEADERS = { "user-agent": `codexcomp/${packageVersion} (doctor)` };

/** Asks for the head of a base URL, over HTTP or HTTPS. */
export async function probeHttp(base: URL, { dispatcher }: UpstreamNetwork): Promise<Answer | NoAnswer> {
  const before = Date.now();
  try {
    const client = await dispatcher();
    const { statusCode, headers, body } = await client.request({
      origin: base.origin,
      path: base.pathname + base.search,
      method: "HEAD",
      headers: HEADERS,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await body.dump();
    return answer(statusCode, headers["date"], before);
  } catch (error) {
    return noAnswer(error);
  }
}

/** Asks for a WebSocket where turns would ask for one. Any answer will do: without credentials, it is a refusal. */
export async function probeWebSocket(base: URL, network: UpstreamNetwork): Promise<Answer | NoAnswer> {
  const url = new URL(`${base.href.replace(/\/$/, "")}/responses`);
  const agent = await network.webSocketAgent(url);
  const before = Date.now();
  return new Promise((resolve) => {
    const asking = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
      agent,
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        ...HEADERS,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": randomBytes(16).toString("base64"),
        "openai-beta": "responses_websockets=2026-02-06",
      },
    });
    asking.on("response", ({ statusCode = 0, headers }) => {
      resolve(answer(statusCode, headers.date, before));
      asking.destroy();
    });
    asking.on("upgrade", ({ statusCode = 0, headers }, socket) => {
      resolve(answer(statusCode, headers.date, before));
      socket.destroy();
    });
    asking.on("error", (error) => resolve(noAnswer(error)));
    asking.end();
  });
}

function answer(status: number, date: string | string[] | undefined, before: number): Answer {
  const there = Date.parse(String(date));
  // The header is cut to the second; on average it says half a second less than the clock that made it.
  return {
    status,
    there: Number.isNaN(there) ? undefined : there + 500,
    here: (before + Date.now()) / 2,
  };
}

function noAnswer(error: unknown): NoAnswer {
  const { name } = error as Error;
  if (name === "TimeoutError" || name === "AbortError")
    return { reason: "no answer in 10 s", code: "ETIMEDOUT" };
  const { message: reason } = upstreamLost(error, "connect");
  return { reason, code: /\((?<code>[A-Z][A-Z0-9_]+)\)$/.exec(reason)?.groups?.["code"] ?? "" };
}
