import { expect } from "vitest";
import {
  reply,
  round,
  type Fault,
  type Reply,
  type SimulatedUpstreamOptions,
} from "../../../src/testing/index.js";
import { isStale } from "./harness/login.js";
import { asked, stepsUpTo, working } from "./harness/models.js";
import { internalError, overloaded, unauthorized, usageLimit } from "./harness/refusals.js";
import { expectSameBytes, expectSameEffort, expectSameStory, logLines, scenario } from "./harness/scenario.js";

const path = "websocket";

scenario(
  "WebSocket: 401 on the upgrade until the token is refreshed",
  {
    path,
    upstream: () => ({
      script: asked(516),
      websocket: ({ headers }) => (isStale(headers) ? unauthorized : undefined),
    }),
  },
  (runs) => {
    expect(runs.direct.answer).toBe("29");
    expect(runs.proxied.answer).toBe("21");
    expect(runs.proxied.upstream.refreshes).toBe(1);
    expectSameEffort(runs);
  },
);

scenario(
  "WebSocket: 429 on the upgrade, the usage limit is reached",
  { path, upstream: () => ({ script: asked(), websocket: () => usageLimit }) },
  (runs) => {
    expect(runs.proxied.complaints.join()).toMatch(/You.ve hit your usage limit.* at \d/);
    expectSameStory(runs);
  },
);

scenario("WebSocket: 429 as a frame, the usage limit is reached", first(usageLimit), (runs) => {
  expect(runs.proxied.complaints.join()).toMatch(/You.ve hit your usage limit.* at \d/);
  expectSameStory(runs);
});

scenario("WebSocket: 500 as a frame, once", first(internalError, 1), (runs) => {
  expect(runs.proxied.answer).toBe("21");
  expectSameStory(runs);
});

scenario("WebSocket: 503 as a frame, overloaded", first(overloaded), expectSameStory);

/** The first so many requests are refused. */
function first(refusal: Reply, times = Infinity): { path: typeof path; upstream: () => SimulatedUpstreamOptions } {
  const model = asked();
  return {
    path,
    upstream: () => ({ script: (request) => (request.number <= times ? refusal : model(request)) }),
  };
}

const reset: Fault = { kind: "reset", after: 8, midEvent: true };

scenario(
  "WebSocket: the upstream dies in the middle of an answer",
  {
    path,
    upstream: () => {
      const model = working(3);
      return {
        script: (request) => (request.number === 2 ? { events: model(request), fault: reset } : model(request)),
      };
    },
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(3));
    expectSameStory(runs);
    expectSameBytes(runs);
  },
);

scenario(
  "WebSocket: the upstream closes in the middle of an answer",
  {
    path,
    upstream: () => ({
      script: (request) =>
        request.number === 1
          ? { events: asked()(request), fault: { kind: "close", code: 1011, reason: "keepalive", after: 8 } }
          : asked()(request),
    }),
  },
  (runs) => {
    expect(runs.proxied.answer).toBe("21");
    expectSameStory(runs);
  },
);

scenario(
  "WebSocket: the upstream dies in a continuation",
  {
    path,
    upstream: () => {
      const model = asked(516);
      return {
        script: (request) =>
          request.isContinuation ? { events: model(request), fault: reset } : model(request),
      };
    },
  },
  (runs) => {
    expect(runs.proxied.answer).toBe("29");
    expectSameStory(runs);
    expect(logLines(runs.proxied).at(-1)).toMatch(/^done: 1 round.* stop=continuation_failed$/);
  },
);

scenario(
  "WebSocket: a continuation is refused, and the next turn goes on from there",
  {
    path,
    upstream: () => {
      const model = working(4, { 2: [516] });
      return { script: (request) => (request.isContinuation ? usageLimit : model(request)) };
    },
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(["step 1", "wrong 2", "step 3", "step 4"]);
    expect(runs.proxied.answer).toBe("finished");
    expectSameStory(runs);
  },
);

scenario(
  "WebSocket: response.failed",
  {
    path,
    upstream: () => ({
      script: () =>
        round().reasoning(100).failed({ code: "context_length_exceeded", message: "The input is too long." }),
    }),
  },
  expectSameStory,
);

scenario(
  "WebSocket: response.incomplete, every time",
  { path, upstream: () => ({ script: () => round().reasoning(100).incomplete() }) },
  expectSameStory,
);

scenario(
  "426 on the upgrade: bridged below, POST above",
  {
    path,
    upstream: () => ({ script: working(5, { 2: [516], 4: [516] }), websocket: false }),
    directUpstream: () => ({ script: working(5), websocket: false }),
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(5));
    expect(runs.proxied.printed[0]?.story).toEqual(runs.direct.printed[0]?.story);
    expect(runs.proxied.complaints).toEqual([]);
    expect(runs.proxied.upstream.attempts.length).toBe(runs.direct.upstream.attempts.length);
    expect(runs.proxied.upstream.requests.every(({ transport }) => transport === "http")).toBe(true);
  },
);

scenario("404 on the upgrade", { path, upstream: () => ({ script: asked(), websocket: () => reply(404, {}) }) }, (runs) => {
  expect(runs.proxied.answer).toBe("21");
});
