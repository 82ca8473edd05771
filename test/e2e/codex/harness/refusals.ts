import { apiError, type Delivery, type Round } from "../../../../src/testing/index.js";

/** What the backend answers to a token that has expired. */
export const unauthorized = apiError(401, {
  message: "Provided authentication token is expired.",
  code: "token_expired",
});

/** What it answers when a plan's limit is reached; back in two hours. */
export const usageLimit = apiError(
  429,
  {
    type: "usage_limit_reached",
    message: "The usage limit has been reached",
    plan_type: "pro",
    resets_at: Math.floor(Date.now() / 1000) + 7200,
  },
  { "x-codex-primary-used-percent": "100.0" },
);

export const overloaded = apiError(503, {
  message: "The server is overloaded or not ready yet.",
  code: "server_is_overloaded",
});

export const internalError = apiError(500, { message: "The server had an error." });

/** A response that is cut off by a reset, in the middle of its thinking. */
export function dying(events: Round): Delivery {
  return { events, fault: { kind: "reset", after: 8, midEvent: true } };
}
