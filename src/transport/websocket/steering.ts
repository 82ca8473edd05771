import { asObject, isTerminal, type ResponseEvent } from "../../protocol/event.js";
import { memberText } from "../../protocol/jsonText.js";
import { responseOf } from "../../protocol/usage.js";
import { laneOf } from "./rounds.js";

/**
 * Watches what becomes of `response.steer` (types of the openai package): input that the upstream has accepted for a
 * running response begins another one by itself, which no frame of the client's asked for.
 */
export interface Steering {
  /** True for an event about steering, which belongs to no response's output. */
  hears(event: ResponseEvent): boolean;
  /** True if the upstream goes on from this response by itself. */
  isSteered(responseId: string): boolean;
  /** True for an event of a response that steering began. */
  passes(event: ResponseEvent): boolean;
}

/** `response.inject` (beta) is steering's sibling: it resumes a waiting response. */
const ABOUT_STEERING = /^response\.(steer|inject)\./;

export function steering(): Steering {
  const steered = new Set<string>();
  /** Lanes in which such a response runs. */
  const lanes = new Set<string>();
  return {
    hears: (event) => {
      if (!ABOUT_STEERING.test(event.type)) return false;
      const id = asObject(event.json?.["steer"])?.["previous_response_id"];
      if (typeof id !== "string") return true;
      // Pending input waits for the client's next frame; input that failed is the client's again.
      if (event.type === "response.steer.accepted") steered.add(id);
      else steered.delete(id);
      return true;
    },
    isSteered: (responseId) => steered.has(responseId),
    passes: (event) => {
      if (steered.size > 0 && event.type === "response.created") {
        const previous = responseOf(event)?.["previous_response_id"];
        if (typeof previous === "string" && steered.delete(previous)) lanes.add(laneOf(event));
      }
      if (lanes.size === 0 || !lanes.has(laneOf(event))) return false;
      if (isTerminal(event)) lanes.delete(laneOf(event));
      return true;
    },
  };
}

/** Answers `response.steer` where nothing can be steered: a POST takes no further input. */
export function steerRefusal(frame: string): string {
  const [previous, input] = ["previous_response_id", "input"].map((key) => memberText(frame, key) ?? "null");
  const error = {
    type: "invalid_request_error",
    code: "steering_not_supported",
    message: "This upstream is reached by POST requests, which cannot be steered.",
  };
  const steer = `{"previous_response_id":${previous},"input":${input}}`;
  return `{"type":"response.steer.failed","error":${JSON.stringify(error)},"steer":${steer},"sequence_number":0}`;
}
