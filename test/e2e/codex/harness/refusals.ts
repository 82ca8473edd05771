import { apiError, type Delivery, type Reply, type Round } from "../../../../src/testing/index.js";

/** What the backend answers to a token that has expired. */
export const unauthorized = apiError(401, {
  message: "Provided authentication token is expired.",
  code: "token_expired",
});

/**
 * What it answers when a plan's limit is reached. The day is far away on purpose: Codex leaves it out when it is
 * today, so that a limit of a few hours would read differently in the evening. Noon of the 2nd is 2100 in every zone.
 */
export const usageLimit = apiError(
  429,
  {
    type: "usage_limit_reached",
    message: "The usage limit has been reached",
    plan_type: "pro",
    resets_at: Date.UTC(2100, 0, 2, 12) / 1000,
  },
  { "x-codex-primary-used-percent": "100.0" },
);

/** What Codex makes of it, in its own words: the day can only come from the refusal that went by. */
export const usageLimitShown = /You.ve hit your usage limit.* try again at Jan \S+, 2100/;

export const overloaded = apiError(503, {
  message: "The server is overloaded or not ready yet.",
  code: "server_is_overloaded",
});

export const internalError = apiError(500, { message: "The server had an error." });

/** What it answers to an increment whose beginning it does not have. */
export const previousNotFound = apiError(400, {
  message: "Previous response with id 'resp_0' not found.",
  param: "previous_response_id",
  code: "previous_response_not_found",
});

/** What it says, and does, to a WebSocket after an hour. */
export const connectionLimit: Reply = {
  ...apiError(400, {
    message:
      "Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.",
    code: "websocket_connection_limit_reached",
  }),
  close: { code: 1000 },
};

/** A response that is cut off by a reset, in the middle of its thinking. */
export function dying(events: Round): Delivery {
  return { events, fault: { kind: "reset", after: 8, midEvent: true } };
}
