import { isItemAdded, isItemDone, itemOf, responseEvent, responseOf } from "codexcomp";
import type { CustomOperator, JsonObject, ResponseEvent } from "codexcomp";
import { concatMap, takeWhile } from "rxjs";

/**
 * Ends a response after so many tokens of text.
 *
 * ```
 * response  --p--m--a--b--c--d--t|     m: a message begins, a b c d: its deltas, t: completed
 *        stopAfterTokens(2)
 * result    --p--m--a--(bMT|)          M: the message is done: "ab"; T: completed with it
 * ```
 */
export function stopAfterTokens(tokens: number): CustomOperator {
  return function stopAfterTokens({ log }) {
    let response: JsonObject = {};
    let item: JsonObject = {};
    let text = "";
    let seen = 0;
    const done: unknown[] = [];
    let last: ResponseEvent | undefined;

    const remember = (event: ResponseEvent): void => {
      if (event.type === "response.created") response = responseOf(event) ?? {};
      if (isItemAdded(event)) [item, text] = [itemOf(event) ?? {}, ""];
      if (isItemDone(event)) done.push(itemOf(event));
    };
    const ending = (delta: ResponseEvent): ResponseEvent[] => {
      log("info", `stopped after ${seen} tokens of text`);
      const { item_id, output_index, content_index, logprobs } = delta.json ?? {};
      const part = { type: "output_text", text, annotations: [], logprobs };
      const whole = { ...item, status: "completed", content: [part] };
      const output = [...done, whole];
      const at = { item_id, output_index, content_index };
      return [
        made("response.output_text.done", { ...at, text, logprobs }),
        made("response.content_part.done", { ...at, part }),
        made("response.output_item.done", { output_index, item: whole }),
        made("response.completed", { response: { ...response, status: "completed", output, usage: null } }),
      ];
    };

    return (events) =>
      events.pipe(
        concatMap((event) => {
          remember(event);
          if (event.type !== "response.output_text.delta") return [event];
          text += String(event.json?.["delta"] ?? "");
          if (++seen < tokens) return [event];
          const end = ending(event);
          last = end.at(-1);
          return [event, ...end];
        }),
        takeWhile((event) => event !== last, true),
      );
  };
}

/** An event of ours; the numbers are put right behind the last operator. */
function made(type: string, fields: JsonObject): ResponseEvent {
  return responseEvent(JSON.stringify({ type, ...fields, sequence_number: 0 }));
}
