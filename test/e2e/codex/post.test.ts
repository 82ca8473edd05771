import { expect } from "vitest";
import { apiError, type UpstreamRequest } from "../../../src/testing/index.js";
import { isStale } from "./harness/login.js";
import { dying, unauthorized, usageLimit, usageLimitShown } from "./harness/refusals.js";
import { asked, stepsUpTo, working } from "./harness/models.js";
import {
  expectSameBytes,
  expectSameEffort,
  expectSameHeaders,
  expectSameStory,
  foldedSteps,
  logLines,
  scenario,
} from "./harness/scenario.js";
import type { UpstreamPlan } from "./harness/upstream.js";

const path = "post";

scenario("POST: a turn that is not cut", { path, upstream: () => ({ script: asked() }) }, (runs) => {
  expect(runs.proxied.answer).toBe("21");
  expectSameStory(runs);
  expectSameHeaders(runs);
  expectSameBytes(runs);
  expect(runs.proxied.upstream.requests[0]?.headers["content-encoding"]).toBe("zstd");
});

scenario(
  "POST: a cut turn",
  { path, upstream: () => ({ script: asked(516, 1034) }) },
  ({ direct, proxied }) => {
    expect(direct.answer).toBe("29");
    expect(proxied.answer).toBe("21");
    expectSameEffort({ direct, proxied });
    expect(logLines(proxied)).toEqual([
      expect.stringMatching(/^round 1: .* reason=516 .* n=1 buffered=\['message'\] -> continue$/),
      expect.stringMatching(/^round 2: .* reason=1034 .* n=2 buffered=\['message'\] -> continue$/),
      expect.stringMatching(/^round 3: .* reason=217 .* n=None buffered=\[.*\] -> clean$/),
      expect.stringMatching(/^done: 3 round\(s\) .* reason=1767 .* status=completed stop=natural$/),
    ]);
  },
);

scenario(
  "POST: event streams called text/plain, cut",
  {
    path,
    upstream: () => {
      const model = asked(516);
      return { script: (request) => ({ events: model(request), contentType: "text/plain" }) };
    },
  },
  (runs) => {
    expect(runs.direct.answer).toBe("29");
    expect(runs.proxied.answer).toBe("21");
    expect(foldedSteps(runs.proxied)).toEqual([1]);
    expectSameEffort(runs);
  },
);

scenario(
  "POST: a tool loop of 5 turns, cut at turns 2, 3 (twice) and 5",
  {
    path,
    upstream: () => ({ script: working(5, { 2: [516], 3: [516, 1034], 5: [1552] }) }),
    directUpstream: () => ({ script: working(5) }),
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(5));
    expect(foldedSteps(runs.proxied)).toEqual([2, 3, 5]);
    expectSameStory(runs);
  },
);

/** Refuses requests with the old token, as the backend does once it has expired. */
const expired = (): UpstreamPlan => {
  const model = asked(516);
  return { script: (request: UpstreamRequest) => (isStale(request.headers) ? unauthorized : model(request)) };
};

scenario("POST: 401 until the token is refreshed", { path, upstream: expired }, (runs) => {
  expect(runs.direct.answer).toBe("29");
  expect(runs.proxied.answer).toBe("21");
  expect(runs.proxied.upstream.refreshes).toBe(1);
  expectSameEffort(runs);
});

scenario(
  "POST: 429, the usage limit is reached",
  { path, upstream: () => ({ script: () => usageLimit }) },
  (runs) => {
    expect(runs.proxied.complaints.join()).toMatch(usageLimitShown);
    expectSameStory(runs);
    expectSameBytes(runs);
  },
);

scenario(
  "POST after six refused upgrades",
  { path: "websocket", upstream: () => ({ script: asked(516), websocket: () => apiError(503, {}) }) },
  (runs) => {
    expect(runs.direct.answer).toBe("29");
    expect(runs.proxied.answer).toBe("21");
    expect(runs.proxied.upstream.requests.map(({ transport }) => transport)).toEqual(["http", "http"]);
    expectSameEffort(runs);
  },
);

scenario(
  "POST: the upstream dies in the middle of an answer",
  {
    path,
    upstream: () => {
      const model = working(3);
      return { script: (request) => (request.number === 2 ? dying(model(request)) : model(request)) };
    },
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(3));
    expectSameStory(runs);
  },
);

scenario(
  "POST: the upstream dies in a continuation",
  {
    path,
    upstream: () => {
      const model = asked(516);
      return { script: (request) => (request.isContinuation ? dying(model(request)) : model(request)) };
    },
  },
  (runs) => {
    expect(runs.proxied.answer).toBe("29");
    expectSameStory(runs);
    expect(logLines(runs.proxied).at(-1)).toMatch(/ stop=continuation_failed$/);
  },
);

scenario(
  "POST: a continuation is refused",
  {
    path,
    upstream: () => {
      const model = working(3, { 2: [516] });
      return { script: (request) => (request.isContinuation ? usageLimit : model(request)) };
    },
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(["step 1", "wrong 2", "step 3"]);
    expectSameStory(runs);
  },
);
