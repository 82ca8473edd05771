import { expect } from "vitest";
import { apiError, type SimulatedUpstreamOptions, type UpstreamRequest } from "../../../src/testing/index.js";
import { isStale } from "./harness/login.js";
import { unauthorized, usageLimit } from "./harness/refusals.js";
import { asked, stepsUpTo, working } from "./harness/models.js";
import {
  expectSameBytes,
  expectSameEffort,
  expectSameStory,
  foldedSteps,
  logLines,
  scenario,
} from "./harness/scenario.js";

const path = "post";

scenario("POST: a turn that is not cut", { path, upstream: () => ({ script: asked() }) }, (runs) => {
  expect(runs.proxied.answer).toBe("21");
  expectSameStory(runs);
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
      expect.stringMatching(/^round 3: .* reason=217 .* n=None buffered=\['message'\] -> clean$/),
      expect.stringMatching(/^done: 3 round\(s\) .* reason=1767 .* status=completed stop=natural$/),
    ]);
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
const expired = (): SimulatedUpstreamOptions => {
  const model = asked(516);
  return { script: (request: UpstreamRequest) => (isStale(request.headers) ? unauthorized : model(request)) };
};

scenario("POST: 401 until the token is refreshed", { path, upstream: expired }, (runs) => {
  expect(runs.direct.answer).toBe("29");
  expect(runs.proxied.answer).toBe("21");
  expect(runs.proxied.upstream.refreshes).toBe(1);
  expectSameEffort(runs);
});

scenario("POST: 429, the usage limit is reached", { path, upstream: () => ({ script: () => usageLimit }) }, (runs) => {
  expect(runs.proxied.complaints.join()).toMatch(/You.ve hit your usage limit.* at \d/);
  expectSameStory(runs);
  expectSameBytes(runs);
});

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
