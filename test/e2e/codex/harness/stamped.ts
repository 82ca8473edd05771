import { asObject } from "../../../../src/protocol/event.js";
import type { Answer, Round, Script, UpstreamRequest } from "../../../../src/testing/index.js";
import { rewritten } from "./rewritten.js";

const STAMP = "internal_chat_message_metadata_passthrough";

/**
 * Makes a script's items come back as the real backend's: stamped with the turn that asked for them. Codex 0.142.5
 * puts the stamp on its own copies, and chains on a response only where both are equal (seen).
 */
export function stamped(script: Exclude<Script, readonly Answer[]>): typeof script {
  return async (request) => {
    const answer = await script(request);
    if (answer === undefined || "status" in answer) return answer;
    return "events" in answer
      ? { ...answer, events: stampedRound(answer.events as Round, request) }
      : stampedRound(answer as Round, request);
  };
}

function stampedRound(round: Round, { body }: UpstreamRequest): Round {
  const stamp = { turn_id: asObject(body["client_metadata"])?.["turn_id"] };
  return rewritten(round, "response.output_item.done", (event) => ({
    ...event,
    item: { ...asObject(event["item"]), [STAMP]: stamp },
  }));
}
