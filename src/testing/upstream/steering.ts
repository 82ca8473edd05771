import type { JsonObject } from "../../protocol/event.js";
import { itemType } from "../../protocol/items.js";
import type { Conversations } from "./conversations.js";
import { inputItems, type UpstreamRequest } from "./request.js";

/** `response.steer` on one connection: input that is queued for a response still running. */
export interface Steering {
  /** A `response.steer` frame. @returns the event that acknowledges or refuses it */
  steer(frame: JsonObject, running: Iterable<UpstreamRequest>): JsonObject;
  /**
   * A response is over. @returns the events to send now, and the frame of the successor that begins by itself. A
   * response that waits for tool outputs has none: then the queued input goes with the client's next frame.
   */
  after(request: UpstreamRequest): { events: JsonObject[]; successor: JsonObject | undefined };
  /** The input that waited for the client to go on from this response. */
  take(previousId: unknown): readonly JsonObject[];
}

interface Submission {
  readonly id: string;
  readonly input: unknown;
}

/** How the WebSocket API queues steering input, after the types of the `openai` package (7.57). */
export function steering(conversations: Conversations): Steering {
  const queues = new Map<string, Submission[]>();
  let submissions = 0;
  let sequence_number = 0;
  const event = (type: string, fields: JsonObject, streamId?: string): JsonObject => ({
    type: `response.steer.${type}`,
    ...fields,
    sequence_number: sequence_number++,
    ...(streamId !== undefined && { stream_id: streamId }),
  });
  const failed = (code: string, steer: JsonObject, streamId?: string): JsonObject => {
    const message = "The steering input was not accepted.";
    return event("failed", { error: { type: "invalid_request_error", code, message }, steer }, streamId);
  };

  return {
    steer({ previous_response_id, input }, running) {
      const target = [...running].find(({ responseId }) => responseId === previous_response_id);
      if (!target?.responseId) {
        const known = conversations.find(String(previous_response_id), undefined) !== undefined;
        const code = known ? "response_already_completed" : "response_not_found";
        return failed(code, { previous_response_id, input });
      }
      const id = `steer_${++submissions}`;
      queues.set(target.responseId, [...(queues.get(target.responseId) ?? []), { id, input }]);
      return event("accepted", { steer: { id, previous_response_id } }, target.streamId);
    },

    after({ responseId = "", streamId, account, body }) {
      const queue = queues.get(responseId) ?? [];
      if (queue.length === 0) return { events: [], successor: undefined };
      const steerOf = ({ id }: Submission): JsonObject => ({ id, previous_response_id: responseId });
      const stored = conversations.find(responseId, account);
      if (!stored) {
        queues.delete(responseId);
        const events = queue.map((one) =>
          failed("response_not_active", { ...steerOf(one), input: one.input }, streamId),
        );
        return { events, successor: undefined };
      }
      const required_input = openCalls(stored.history);
      if (required_input.length > 0) {
        const reason = "waiting_for_required_input";
        const events = queue.map((one) =>
          event("pending", { reason, required_input, steer: steerOf(one) }, streamId),
        );
        return { events, successor: undefined };
      }
      queues.delete(responseId);
      const input = queue.flatMap((one) => inputItems(one.input));
      return { events: [], successor: { ...body, previous_response_id: responseId, input } };
    },

    take(previousId) {
      const queue = queues.get(String(previousId)) ?? [];
      queues.delete(String(previousId));
      return queue.flatMap((one) => inputItems(one.input));
    },
  };
}

/** Stubs of the outputs that calls are still waiting for. */
function openCalls(history: readonly JsonObject[]): JsonObject[] {
  const answered = new Set(
    history.filter((item) => itemType(item).endsWith("_output")).map((item) => item["call_id"]),
  );
  return history
    .filter((item) => itemType(item).endsWith("_call") && typeof item["call_id"] === "string")
    .filter((item) => !answered.has(item["call_id"]))
    .map((item) => ({
      type: `${itemType(item)}_output`,
      call_id: item["call_id"],
      ...(itemType(item) === "function_call" && { name: item["name"] }),
    }));
}
