import { expect } from "vitest";
import { round, type Reply } from "../../../src/testing/index.js";
import { isStale } from "./harness/login.js";
import { asked, stepsUpTo, working } from "./harness/models.js";
import {
  connectionLimit,
  dying,
  internalError,
  overloaded,
  previousNotFound,
  unauthorized,
  usageLimit,
  usageLimitShown,
} from "./harness/refusals.js";
import {
  expectSameBytes,
  expectSameEffort,
  expectSameAnswers,
  expectSameStory,
  incremental,
  logLines,
  scenario,
} from "./harness/scenario.js";
import type { UpstreamPlan } from "./harness/upstream.js";

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
    expect(runs.proxied.complaints.join()).toMatch(usageLimitShown);
    expectSameStory(runs);
  },
);

scenario("WebSocket: 429 as a frame, the usage limit is reached", first(usageLimit), (runs) => {
  expect(runs.proxied.complaints.join()).toMatch(usageLimitShown);
  expectSameStory(runs);
});

scenario("WebSocket: 500 as a frame, once", first(internalError, 1), (runs) => {
  expect(runs.proxied.answer).toBe("21");
  expectSameStory(runs);
});

scenario("WebSocket: 503 as a frame, overloaded", first(overloaded), expectSameStory);

/** The first so many requests are refused. */
function first(refusal: Reply, times = Infinity): { path: typeof path; upstream: () => UpstreamPlan } {
  const model = asked();
  return {
    path,
    upstream: () => ({ script: (request) => (request.number <= times ? refusal : model(request)) }),
  };
}

/** The third request, in the middle of a tool loop, is refused; a fold came before it. */
const inTheLoop = (refusal: Reply, cuts: Parameters<typeof working>[1] = {}): UpstreamPlan => {
  const model = working(4, cuts);
  let refused = false;
  return {
    script: (request) => {
      const outputs = request.history.filter(({ type }) => type === "function_call_output").length;
      if (outputs !== 2 || refused) return model(request);
      refused = true;
      return refusal;
    },
  };
};

for (const [name, refusal] of [
  ["the upstream does not know the previous response", previousNotFound],
  ["the connection has reached its age", connectionLimit],
] as const) {
  scenario(
    `WebSocket: after a fold ${name}`,
    {
      path,
      upstream: () => inTheLoop(refusal, { 2: [516], 4: [516] }),
      directUpstream: () => inTheLoop(refusal),
    },
    (runs) => {
      expect(runs.proxied.complaints).toEqual(runs.direct.complaints);
      expectSameStory(runs);
    },
  );
}

scenario(
  "WebSocket: the upstream dies in the middle of an answer",
  {
    path,
    upstream: () => {
      const model = working(3);
      return {
        script: (request) => (request.number === 2 ? dying(model(request)) : model(request)),
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
        script: (request) => (request.isContinuation ? dying(model(request)) : model(request)),
      };
    },
  },
  (runs) => {
    expect(runs.proxied.answer).toBe("29");
    expectSameStory(runs);
    expect(logLines(runs.proxied).at(-1)).toMatch(/ stop=continuation_failed$/);
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
    expectSameAnswers(runs);
    // the upstream forgot what it was at when it refused: the next frame has to be whole
    expect(incremental(runs.proxied)).toBe(incremental(runs.direct) - 1);
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
