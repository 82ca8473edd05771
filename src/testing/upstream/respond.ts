import { itemOf, encryptedContent } from "../../protocol/items.js";
import {
  isItemDone,
  isTerminal,
  responseEvent,
  type JsonObject,
  type ResponseEvent,
} from "../../protocol/event.js";
import { responseOf, usageOf } from "../../protocol/usage.js";
import { openThought } from "../encryptedContent.js";
import { isRound, round } from "../rounds/round.js";
import type { RoundContext } from "../rounds/roundContext.js";
import { isDelivery, isReply, type Answer, type Delivery, type Reply } from "./answer.js";
import type { Conversations, Stored } from "./conversations.js";
import { deliver, type EventSink } from "./deliver.js";
import { deliverWhole, type WholeChannel } from "./deliverWhole.js";
import type { PromptCache } from "./promptCache.js";
import type { OpenRequest, Outcome, UpstreamRequest } from "./request.js";
import { refuseEncrypted, refusePrevious, refuseRequest, refuseToolPairs } from "./strictness.js";

/** How a transport answers one request: with a refusal, or with a stream. */
export interface Channel {
  reply(reply: Reply): Promise<void>;
  stream(delivery: Delivery): EventSink;
  /** With the response as one JSON text; absent where that cannot be asked for. */
  readonly whole?: WholeChannel;
}

/** What all requests of one simulated upstream share. */
export interface Upstream {
  /** Asks the script. */
  readonly answer: (request: UpstreamRequest) => Promise<Answer>;
  /** Refuses a prewarm. */
  readonly refusePrewarm: (request: UpstreamRequest) => Reply | undefined;
  readonly itemFields: (request: UpstreamRequest) => JsonObject | undefined;
  /** Tells the ids of two upstreams apart. */
  readonly seed: string;
  /** Encrypted contents that were sent without being made here (recordings), by account. */
  readonly issued: Map<string, Set<string>>;
  readonly promptCache: PromptCache;
}

/**
 * Answers a request: checks it as the real backend would, finds its conversation, asks the script, sends what it
 * says, and keeps the response's state.
 *
 * @param lane the WebSocket lane (`""` without), in which a failure evicts
 * @param queued steering input that waited for this request
 */
export async function respond(
  open: OpenRequest,
  channel: Channel,
  conversations: Conversations,
  lane: string,
  upstream: Upstream,
  queued: readonly JsonObject[] = [],
): Promise<Outcome> {
  const { record } = open;
  const previous = previousOf(record, conversations);
  if (previous !== "unknown") open.setHistory([...(previous?.history ?? []), ...queued, ...record.input]);

  const refusal =
    refuseRequest(record) ??
    (previous === "unknown" ? refusePrevious(String(record.body["previous_response_id"])) : undefined) ??
    refuseEncrypted(record.input, (content) => isIssued(content, record.account, upstream)) ??
    refuseToolPairs(record.history);

  const context = contextOf(open, previous === "unknown" ? undefined : previous, upstream, !refusal);
  const answer =
    refusal ??
    (record.isPrewarm ? (upstream.refusePrewarm(record) ?? prewarm(context)) : await upstream.answer(record));
  if (isReply(answer)) {
    conversations.evict(lane);
    await channel.reply(answer);
    return "answered";
  }

  const delivery = isDelivery(answer) ? answer : { events: answer };
  const watcher = bookkeeper(open, conversations, lane, upstream);
  const sent = { ...delivery, events: watched(rendered(delivery.events, context), watcher) };
  return channel.whole && record.body["stream"] !== true
    ? deliverWhole(sent, channel.whole)
    : deliver(sent, channel.stream(sent));
}

function previousOf(request: UpstreamRequest, conversations: Conversations): Stored | "unknown" | undefined {
  const id = request.body["previous_response_id"];
  if (typeof id !== "string") return undefined;
  return conversations.find(id, request.account) ?? "unknown";
}

/** The API stores responses unless told not to. */
function isStored({ body, backend }: UpstreamRequest): boolean {
  return backend === "api" && body["store"] !== false;
}

function isIssued(content: string, account: string, { issued }: Upstream): boolean {
  return openThought(content, account) !== undefined || issued.get(account)?.has(content) === true;
}

/** @param reads the prompt is read, and so cached */
function contextOf(
  { record: request, setCachedItems }: OpenRequest,
  previous: Stored | undefined,
  { seed, promptCache, itemFields }: Upstream,
  reads: boolean,
): RoundContext {
  // instructions and tools come with every frame, but are in the context once
  const added = previous ? JSON.stringify(request.input) : request.text;
  const inputTokens = Math.ceil(added.length / 4) + (previous?.totalTokens ?? 0);
  const { items, tokens } = reads
    ? promptCache.read(request.body, request.history, inputTokens)
    : { items: 0, tokens: 0 };
  setCachedItems(items);
  const cached = Math.min(tokens, inputTokens);
  return {
    seed: `${seed}/${request.isPrewarm ? "prewarm " : ""}${request.number}`,
    account: request.account,
    createdAt: Math.floor(Date.now() / 1000),
    request: request.body,
    inputTokens,
    cachedTokens: cached - (cached % 128), // the backend caches in blocks of 128
    itemFields: itemFields(request),
    listsOutput: request.backend === "api",
  };
}

function prewarm(context: RoundContext): readonly string[] {
  const [created, , completed] = round()
    .completed({ usage: { output: 0 } })
    .answering(context);
  return [created, completed].filter((text) => text !== undefined);
}

function rendered(events: Delivery["events"], context: RoundContext): Delivery["events"] {
  return Array.isArray(events) && isRound(events) ? events.answering(context) : events;
}

interface Watcher {
  /** The response has begun. */
  begin(created: ResponseEvent): void;
  /** An item is done. */
  item(item: JsonObject): void;
  /** The terminal is about to be sent: the client may chain on it at once. */
  end(terminal: ResponseEvent): void;
}

async function* watched(events: Delivery["events"], watcher: Watcher): AsyncGenerator<string> {
  for await (const text of events) {
    const event = responseEvent(text);
    if (event.type === "response.created") watcher.begin(event);
    const item = isItemDone(event) ? itemOf(event) : undefined;
    if (item) watcher.item(item);
    if (isTerminal(event)) watcher.end(event);
    yield text;
  }
}

/** Keeps what a response leaves behind. */
function bookkeeper(
  { record, setResponseId }: OpenRequest,
  conversations: Conversations,
  lane: string,
  { issued }: Upstream,
): Watcher {
  const { account, history } = record;
  const output: JsonObject[] = [];
  return {
    begin: (created) => setResponseId(String(responseOf(created)?.["id"])),
    item(item) {
      output.push(item);
      const content = encryptedContent(item);
      // recordings carry encrypted content that no key of ours opens: once sent, it counts as issued
      if (content !== undefined && !openThought(content, account)) {
        issued.set(account, (issued.get(account) ?? new Set()).add(content));
      }
    },
    end(terminal) {
      const response = responseOf(terminal);
      if (!response || terminal.type === "response.failed") return conversations.evict(lane);
      const stored = {
        id: String(response["id"]),
        account,
        history: [...history, ...output],
        totalTokens: usageOf(terminal)?.total ?? 0,
        response: { ...response, output },
      };
      conversations.keep(stored, lane, isStored(record));
    },
  };
}
