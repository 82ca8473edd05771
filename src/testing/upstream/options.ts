import type { ServerOptions } from "node:https";
import type { Answer, DeliveryOptions, Headers, Reply } from "./answer.js";
import { asObject, type JsonObject } from "../../protocol/event.js";
import type { HttpCall } from "./journal.js";
import type { Backend, UpstreamRequest } from "./request.js";

/** Answers in order of the requests, or a function that is asked for each. */
export type Script =
  | readonly Answer[]
  | ((request: UpstreamRequest) => Answer | undefined | Promise<Answer | undefined>);

/** What {@link simulatedUpstream} answers, and how. */
export interface SimulatedUpstreamOptions {
  /** What requests for a response are answered. A list that is used up answers 500. */
  readonly script: Script;
  /** How events are delivered, where an answer does not say. */
  readonly delivery?: DeliveryOptions;
  /** Headers of every 101, event stream and model list: `x-models-etag`, `openai-model`, `set-cookie`, ... */
  readonly headers?: Headers;
  /** Refuses upgrades: `false` all (426), a list or a function the nth one. Default: accepts. */
  readonly websocket?: boolean | readonly (Reply | undefined)[] | ((call: HttpCall) => Reply | undefined);
  /** Whether permessage-deflate is accepted. Default true. */
  readonly compression?: boolean;
  /** Default: `chatgpt` for a path with `/backend-api/` or a request with `chatgpt-account-id`, else `api`. */
  readonly backend?: Backend;
  /** Answers a prewarm, where it should not simply succeed. */
  readonly prewarm?: (request: UpstreamRequest) => Reply | undefined;
  /**
   * Members that every output item gets. Codex 0.142.5 sends incremental frames only when items come back with the
   * turn id that it stamps them with: {@link echoTurnId}.
   */
  readonly itemFields?: (request: UpstreamRequest) => JsonObject | undefined;
  /** The answer of `GET .../models`. */
  readonly models?: Reply;
  /** Answers what nothing else answers; default 404. */
  readonly other?: (call: HttpCall) => Reply | undefined;
  /** Ids derive from it; two upstreams of one test may want different ones. */
  readonly seed?: string;
  /** Default: one that is free. */
  readonly port?: number;
  /** Speaks TLS. */
  readonly tls?: ServerOptions;
}

/** For {@link SimulatedUpstreamOptions.itemFields}: what Codex 0.142.5 expects on the items of its own turn. */
export function echoTurnId({ body }: UpstreamRequest): JsonObject | undefined {
  const turn_id = asObject(body["client_metadata"])?.["turn_id"];
  return turn_id === undefined ? undefined : { internal_chat_message_metadata_passthrough: { turn_id } };
}
