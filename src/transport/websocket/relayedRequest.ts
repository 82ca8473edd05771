import { editJson } from "../../protocol/jsonText.js";
import { readRequest, withText, type TurnRequest } from "../../protocol/request.js";
import { continuationNeeds, NOT_MEANT, whyNeverContinued } from "../../protocol/verdict.js";
import type { ProxyContext } from "../context.js";
import { inputItems, type Conversation } from "./conversations.js";
import { itemIdsIn, wholeText, type CreateFrame } from "./createFrame.js";
import { forUpstream } from "./renaming.js";

/**
 * A frame as a turn on the upstream's own WebSocket: as it came, but for the id of a fold that it goes on from, and
 * for encrypted reasoning that it does not ask for.
 *
 * @param before the conversation before it; `undefined` where it is not known
 * @param lost true where the upstream cannot go on from the frame's previous response
 */
export function relayed(
  frame: CreateFrame,
  before: Conversation | undefined,
  { lost, context }: { readonly lost: boolean; readonly context: ProxyContext },
): TurnRequest {
  const itemIds = before && (itemIdsIn(frame, before) ?? false);
  const limit = context.options.limits.upstreamFrameBytes;
  const bytes = Buffer.byteLength(frame.text) + (before?.size ?? 0) + EDITS;
  const request: TurnRequest =
    lost && before && bytes < limit
      ? { ...readRequest(wholeText(frame, before)), itemIds, frame: { bytes, limit } }
      : {
          text: forUpstream(frame.text, context.aliases, frame.json),
          get json() {
            return frame.json;
          },
          model: frame.model,
          itemIds,
          frame: { bytes, limit },
          ...(before ? { earlierInput: () => inputItems(before) } : { historyUnknown: true }),
        };
  return frame.prewarm ? request : withText(request, continuationNeeds(request, context.options.fold));
}

/** Bytes that `stream` and `include` may add to what the client wrote. */
const EDITS = 80;

/** A round's body as a frame: `stream` goes without saying over WebSocket (docs), and stays unsaid where the client left it out. */
export function asFrame(body: string, { json }: CreateFrame): string {
  return "stream" in json ? body : editJson(body, [{ path: ["stream"], raw: undefined }]);
}

/** False where nothing of the model's will ever be folded: then no history is worth its memory. */
export function remembers(request: TurnRequest, { options }: ProxyContext): boolean {
  const why = whyNeverContinued(request, [], options.fold);
  return why === undefined || !NOT_MEANT.has(why);
}
