import type { IncomingMessage } from "node:http";
import { asObject } from "../../protocol/event.js";
import { editJson, type JsonEdit } from "../../protocol/jsonText.js";
import { readRequest, withText, type TurnRequest } from "../../protocol/request.js";
import { continuationNeeds } from "../../protocol/verdict.js";
import { headerPairs, headerValues } from "../../protocol/rawHeaders.js";
import type { ProxyContext } from "../context.js";
import { endToEnd, TURN_STATE } from "../headers.js";
import { HANDSHAKE } from "./handshake.js";
import { inputItems, type Conversation } from "./conversations.js";
import { asked, type CreateFrame } from "./createFrame.js";

/** Members of a frame that a POST's body does not have; backends refuse them there (live). */
const FRAME_ONLY = ["type", "generate", "previous_response_id", "stream_id"];

/** A frame as the body of a POST: its whole conversation as input, and nothing that belongs to WebSocket. */
export function bridged(frame: CreateFrame, before: Conversation, { options }: ProxyContext): TurnRequest {
  const edits: JsonEdit[] = FRAME_ONLY.filter((key) => key in frame.json).map((key) => ({
    path: [key],
    raw: undefined,
  }));
  const conversation = asked(frame, before);
  if (before.size > 0) edits.push({ path: ["input"], raw: `[${inputItems(conversation)}]` });
  const request = {
    ...readRequest(editJson(frame.text, [...edits, { path: ["stream"], raw: "true" }])),
    itemIds: conversation.itemIds ?? false,
  };
  return withText(request, continuationNeeds(request, options.fold));
}

/**
 * The headers of a turn's POSTs: those of the client's handshake. Where the frame's `client_metadata` speaks of a header
 * (`x-codex-turn-metadata` of the handshake is the prewarm's for the connection's whole life, seen), the frame is right.
 *
 * @param turnState the upstream's, from this turn's earlier answers
 */
export function bridgedHeaders(
  { rawHeaders }: IncomingMessage,
  frame: CreateFrame,
  turnState: string | undefined,
): string[] {
  const metadata = Object.entries(asObject(frame.json["client_metadata"]) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && isHeaderValue(entry[1]),
  );
  const ofHandshake = new Set(headerPairs(rawHeaders).map(([name]) => name.toLowerCase()));
  const fresher = metadata.filter(([name]) => name.startsWith("x-codex-") && ofHandshake.has(name));
  const betas = headerValues(rawHeaders, "openai-beta").map(withoutWebSockets).filter(Boolean);
  const drop = [...NOT_POSTED, TURN_STATE, ...fresher.map(([name]) => name)];
  return [
    ...endToEnd(rawHeaders, drop),
    ...betas.flatMap((beta) => ["openai-beta", beta]),
    ...fresher.filter(([name]) => name !== TURN_STATE).flat(),
    ...["content-type", "application/json", "accept", "text/event-stream"],
    ...(turnState === undefined ? [] : [TURN_STATE, turnState]),
  ];
}

/** The turn state that the client has been given and sends back. */
export function turnStateOf({ json }: CreateFrame): string | undefined {
  const state = asObject(json["client_metadata"])?.[TURN_STATE];
  return typeof state === "string" && isHeaderValue(state) ? state : undefined;
}

const NOT_POSTED = [
  ...HANDSHAKE,
  ...["sec-websocket-protocol", "openai-beta"],
  ...["content-type", "content-length", "accept"],
];

function withoutWebSockets(betas: string): string {
  return betas
    .split(",")
    .map((beta) => beta.trim())
    .filter((beta) => !beta.startsWith("responses_websockets="))
    .join(", ");
}

function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}
