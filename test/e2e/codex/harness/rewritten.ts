import { parseJsonObject, type JsonObject } from "../../../../src/protocol/event.js";
import type { Round } from "../../../../src/testing/index.js";

/** A round with an event before its first. */
export function preceded(round: Round, event: JsonObject): Round {
  const text = JSON.stringify(event);
  const answering: Round["answering"] = (context) => [text, ...round.answering(context)];
  return Object.assign([text, ...round], { answering });
}

/** A round with its events of one type changed. */
export function rewritten(round: Round, type: string, change: (event: JsonObject) => JsonObject): Round {
  const answering: Round["answering"] = (context) =>
    round.answering(context).map((text) => {
      const event = text.startsWith(`{"type":"${type}"`) ? parseJsonObject(text) : undefined;
      return event ? JSON.stringify(change(event)) : text;
    });
  return Object.assign([...round], { answering });
}
