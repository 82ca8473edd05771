import { expect } from "vitest";
import { round, type UpstreamRequest } from "../../../src/testing/index.js";
import { stepsUpTo, working } from "./harness/models.js";
import { expectSameAnswers, foldedSteps, scenario } from "./harness/scenario.js";
import type { UpstreamPlan } from "./harness/upstream.js";

const CUT = round().reasoning(516).message("29", { phase: "final_answer" }).completed();
const THOUGHT = round().reasoning(219).completed();
const SAID = round().reasoning(219).message("Let me see.", { phase: "commentary" }).completed();
const RIGHT = round().reasoning(300).message("21", { phase: "final_answer" }).completed();

/** The upstream without the proxy has no continuation to answer: it gives what the first round gave. */
const answering = (...rounds: readonly (typeof CUT)[]): UpstreamPlan => {
  const left = [...rounds];
  return { script: () => left.shift() };
};

for (const path of ["websocket", "post"] as const) {
  scenario(
    `${path}: continuations without an answer are asked again`,
    { path, upstream: () => answering(CUT, THOUGHT, SAID, RIGHT) },
    ({ direct, proxied }) => {
      expect([direct.answer, proxied.answer]).toEqual(["29", "21"]);
      expect(proxied.upstream.requests).toHaveLength(4);
    },
  );

  scenario(
    `${path}: where none brings an answer, the first round's is left`,
    { path, upstream: () => answering(CUT, THOUGHT, THOUGHT, THOUGHT) },
    (runs) => {
      expect(runs.proxied.answer).toBe("29");
      expectSameAnswers(runs);
    },
  );

  scenario(
    `${path}: a continuation reads nothing anew`,
    {
      path,
      upstream: () => ({ script: working(6, { 2: [516], 4: [516, 1034], 5: [516] }) }),
      directUpstream: () => ({ script: working(6) }),
    },
    ({ proxied }) => {
      expect(proxied.steps).toEqual(stepsUpTo(6));
      expect(foldedSteps(proxied)).toEqual([2, 4, 5]);
      const { requests } = proxied.upstream;
      const continued = requests.flatMap((request, index) =>
        request.isContinuation ? [{ request, before: requests[index - 1] as UpstreamRequest }] : [],
      );
      expect(continued).toHaveLength(4);
      for (const { request, before } of continued) expect(request.cachedItems).toBe(before.history.length);
    },
  );
}
