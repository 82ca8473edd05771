import { expect } from "vitest";
import { asked, stepsUpTo, working } from "./harness/models.js";
import { dying, unauthorized, usageLimit, usageLimitShown } from "./harness/refusals.js";
import { isStale } from "./harness/login.js";
import { expectSameAnswers, foldedSteps, scenario, type Runs } from "./harness/scenario.js";

/** WebSocket between Codex and the proxy, POST above: Codex must not notice. */
const path = "websocket";
const BRIDGE = ["--upstream-transport", "sse"];

/** Codex falls back to POST by itself where it is refused; the proxy answers its WebSocket all the same. */
function expectBridged({ direct, proxied }: Runs): void {
  expectSameAnswers({ direct, proxied });
  expect(proxied.upstream.attempts.length).toBe(direct.upstream.attempts.length);
  expect(proxied.upstream.requests.map(({ transport }) => transport)).not.toContain("websocket");
}

scenario(
  "bridged: a tool loop with two cuts",
  {
    path,
    proxyFlags: BRIDGE,
    upstream: () => ({ script: working(5, { 2: [516], 4: [516, 1034] }) }),
    directUpstream: () => ({ script: working(5) }),
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(5));
    expect(foldedSteps(runs.proxied)).toEqual([2, 4]);
    expectBridged(runs);
  },
);

scenario(
  "bridged: 401 until the token is refreshed",
  {
    path,
    proxyFlags: BRIDGE,
    upstream: () => {
      const model = asked();
      return {
        script: (request) => (isStale(request.headers) ? unauthorized : model(request)),
        websocket: false,
      };
    },
  },
  (runs) => {
    expect(runs.proxied.answer).toBe("21");
    expect(runs.proxied.upstream.refreshes).toBe(1);
    expectSameAnswers(runs);
  },
);

scenario(
  "bridged: 429, the usage limit is reached",
  { path, proxyFlags: BRIDGE, upstream: () => ({ script: () => usageLimit, websocket: false }) },
  (runs) => {
    expect(runs.proxied.complaints.join()).toMatch(usageLimitShown);
    expectBridged(runs);
  },
);

scenario(
  "bridged: the upstream dies in the middle of an answer, and in a continuation",
  {
    path,
    proxyFlags: BRIDGE,
    upstream: () => {
      const model = working(4, { 3: [516] });
      return {
        script: (request) =>
          request.number === 2 || request.isContinuation ? dying(model(request)) : model(request),
        websocket: false,
      };
    },
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(["step 1", "step 2", "wrong 3", "step 4"]);
    expectSameAnswer(runs);
  },
);

/** Over POST Codex counts the first retry; over WebSocket the first is silent. */
function expectSameAnswer({ direct, proxied }: Runs): void {
  expect(proxied.answer).toBe(direct.answer);
  expect(proxied.steps).toEqual(direct.steps);
  expect(proxied.complaints.length).toBeLessThanOrEqual(direct.complaints.length);
}
