import { setMaxListeners } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { replyBody, apiError, reply, toRawHeaders, type Headers, type Reply } from "./answer.js";
import { decodeBody, readBody } from "./body.js";
import type { Conversations } from "./conversations.js";
import type { HttpCall, Journal } from "./journal.js";
import type { SimulatedUpstreamOptions } from "./options.js";
import { accountOf } from "./request.js";
import { respond, type Channel, type Upstream } from "./respond.js";
import { bodySink, sseSink } from "./sseSink.js";

/** Answers plain HTTP requests: POSTs for a response, stored responses, the model list. */
export function httpSide(
  options: SimulatedUpstreamOptions,
  upstream: Upstream,
  stored: Conversations,
  journal: Journal,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { headers = {} } = options;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const call = journal.call(request, body);
    const path = pathOf(call);
    if (call.method === "POST" && path.endsWith("/responses")) {
      const text = decodeBody(body, request.headers["content-encoding"]);
      if (text === undefined) return sendReply(response, undecodable);
      const { connection } = call;
      const open = journal.open({
        ...{ transport: "http", connection, message: request, text, wireBytes: body.length },
        backend: options.backend,
      });
      const gone = goneWith(response, () => open.settle("aborted"));
      return open.settle(await respond(open, httpChannel(response, headers, gone), stored, "", upstream));
    }
    const [, id] = /\/responses\/([^/]+)$/.exec(path) ?? [];
    if (call.method === "GET" && id) {
      const found = stored.find(id, accountOf(call.headers));
      return sendReply(response, found ? reply(200, found.response) : noSuchResponse(id));
    }
    if (call.method === "GET" && path.endsWith("/models")) {
      return sendReply(response, options.models ?? reply(200, NO_MODELS), headers);
    }
    await sendReply(response, options.other?.(call) ?? noSuchUrl(call));
  };

  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else void sendReply(response, scriptFailed(error));
    });
  };
}

export const pathOf = ({ url }: HttpCall): string => url.split("?")[0] ?? "";

/** The answer to an unknown path. */
export function noSuchUrl({ method, url }: HttpCall): Reply {
  return apiError(404, { message: `Invalid URL (${method} ${url})` });
}

/** The answer when the script threw. */
export function scriptFailed(error: unknown): Reply {
  return apiError(500, { message: `The script failed: ${String(error)}`, code: "script_failed" });
}

const undecodable = apiError(400, { message: "The request body could not be decoded." });

function noSuchResponse(id: string): Reply {
  return apiError(404, { message: `Response with id '${id}' not found.` });
}

/** Good for the API (`data`) and for ChatGPT's backend (`models`). */
const NO_MODELS = { object: "list", data: [], models: [] };

/** A signal that aborts when the client goes away before the answer is complete. */
function goneWith(response: ServerResponse, left: () => void): AbortSignal {
  const away = new AbortController();
  setMaxListeners(0, away.signal);
  response.once("close", () => {
    if (response.writableFinished) return;
    left();
    away.abort();
  });
  return away.signal;
}

/** Sends a reply over HTTP. */
async function sendReply(response: ServerResponse, reply: Reply, extra: Headers = {}): Promise<void> {
  if (response.destroyed) return;
  const { bytes, contentType } = replyBody(reply);
  const headers = { ...extra, ...reply.headers };
  const named = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  response.writeHead(reply.status, [
    ...(named || reply.body === undefined ? [] : ["content-type", contentType]),
    ...["content-length", String(bytes.length)],
    ...toRawHeaders(headers),
  ]);
  await new Promise<void>((resolve) => {
    response.once("close", resolve);
    response.end(bytes, resolve);
  });
}

/** @param headers what every successful answer carries */
function httpChannel(response: ServerResponse, headers: Headers, gone: AbortSignal): Channel {
  return {
    reply: (reply) => sendReply(response, reply, reply.status < 300 ? headers : {}),
    stream(delivery) {
      const { contentType = "text/event-stream; charset=utf-8", gzip } = delivery;
      response.writeHead(200, [
        ...["content-type", contentType],
        ...["cache-control", "no-cache"],
        ...(gzip ? ["content-encoding", "gzip"] : []),
        ...toRawHeaders({ ...headers, ...delivery.headers }),
      ]);
      response.flushHeaders();
      return sseSink(response, delivery, gone);
    },
    whole: {
      gone,
      begin(delivery, length) {
        const { contentType = "application/json", gzip, fault } = delivery;
        response.writeHead(200, [
          ...["content-type", contentType],
          ...(gzip ? ["content-encoding", "gzip"] : []),
          // What goes wrong may make it another one.
          ...(gzip || fault ? [] : ["content-length", String(length)]),
          ...toRawHeaders({ ...headers, ...delivery.headers }),
        ]);
        return bodySink(response, delivery, gone, (text) => text);
      },
    },
  };
}
