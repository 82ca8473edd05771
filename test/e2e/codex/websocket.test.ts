import { expect } from "vitest";
import { asObject } from "../../../src/protocol/event.js";
import type { RoundBuilder } from "../../../src/testing/index.js";
import { truncatingModel } from "../../../src/testing/index.js";
import type { Run } from "./harness/run.js";
import { preceded } from "./harness/rewritten.js";
import { asked, leave, stepsUpTo, working } from "./harness/models.js";
import {
  expectSameBytes,
  expectSameEffort,
  expectSameHeaders,
  expectSameStory,
  foldedSteps,
  incremental,
  logLines,
  scenario,
} from "./harness/scenario.js";

const path = "websocket";

scenario("a turn that is not cut", { path, upstream: () => ({ script: asked() }) }, (runs) => {
  expect(runs.proxied.answer).toBe("21");
  expectSameStory(runs);
  expectSameHeaders(runs);
  expectSameBytes(runs);
});

scenario("a cut turn", { path, upstream: () => ({ script: asked(516) }) }, ({ direct, proxied }) => {
  expect(direct.answer).toBe("29");
  expect(proxied.answer).toBe("21");
  expectSameEffort({ direct, proxied });
  expect(logLines(proxied)).toEqual([
    expect.stringMatching(
      /^round 1: in=\d+ out=\d+ reason=516 total=\d+ \| n=1 buffered=\['message'\] -> continue$/,
    ),
    expect.stringMatching(
      /^round 2: in=\d+ out=\d+ reason=217 total=\d+ \| n=None buffered=\[.*\] -> clean$/,
    ),
    expect.stringMatching(
      /^done: 2 round\(s\) \| in=\d+ out=\d+ reason=733 total=\d+ \| status=completed stop=natural$/,
    ),
  ]);
});

scenario(
  "a cut turn with an API key",
  {
    path,
    login: "api-key",
    upstream: () => ({ script: asked(516) }),
    directUpstream: () => ({ script: asked() }),
  },
  (runs) => {
    expect(runs.proxied.answer).toBe("21");
    expect(runs.proxied.upstream.requests[0]?.backend).toBe("api");
    expectSameStory(runs);
    expectSameHeaders(runs);
  },
);

scenario("a tool loop that is not cut", { path, upstream: () => ({ script: working(6) }) }, (runs) => {
  expect(runs.proxied.steps).toEqual(stepsUpTo(6));
  expectSameStory(runs);
  expectSameBytes(runs);
});

scenario(
  "a tool loop of 20 steps, cut at steps 3, 7 (twice) and 8",
  {
    path,
    upstream: () => ({ script: working(20, { 3: [516], 7: [516, 1034], 8: [516] }) }),
    directUpstream: () => ({ script: working(20) }),
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(20));
    expect(runs.proxied.answer).toBe("finished");
    expect(foldedSteps(runs.proxied)).toEqual([3, 7, 8]);
    expect(incremental(runs.proxied)).toBeGreaterThanOrEqual(20);
    expectSameStory(runs);
  },
);

const interleaved = (cut: boolean) =>
  truncatingModel({
    steps: [
      {
        ...(cut && { cuts: [300] }),
        right: (round) => {
          const begun = round.message("Looking around", { phase: "commentary" }).reasoning(100);
          return begun.functionCall("exec_command", { cmd: leave("right") });
        },
        wrong: (round) => {
          const begun = round.message("Guessing", { phase: "commentary" }).reasoning(216);
          return begun.functionCall("exec_command", { cmd: leave("wrong") });
        },
      },
      { right: "seen" },
    ],
  });

scenario(
  "reasoning, commentary, reasoning and a tool call, cut",
  {
    path,
    upstream: () => ({ script: interleaved(true) }),
    directUpstream: () => ({ script: interleaved(false) }),
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(["right"]);
    expect(foldedSteps(runs.proxied)).toEqual([1]);
    expectSameStory(runs);
  },
);

const routed = (cut: boolean) =>
  truncatingModel({
    steps: [
      {
        ...(cut && { cuts: [516] }),
        right: (round) =>
          round
            .event({ type: "response.metadata", headers: { "x-codex-turn-state": "to-server-7" } })
            .event({ type: "codex.rate_limits", rate_limits: { primary: { used_percent: 42 } } })
            .functionCall("exec_command", { cmd: leave("right") }),
        wrong: (round) => round.functionCall("exec_command", { cmd: leave("wrong") }),
      },
      { right: "seen" },
    ],
  });

scenario(
  "the turn's state and rate limits in a hidden round",
  {
    path,
    upstream: () => ({ script: routed(true) }),
    directUpstream: () => ({ script: routed(false) }),
  },
  (runs) => {
    const stateOf = ({ upstream }: Run): unknown =>
      asObject(upstream.attempts.at(-1)?.body["client_metadata"])?.["x-codex-turn-state"];
    expect(stateOf(runs.direct)).toBe("to-server-7");
    expect(stateOf(runs.proxied)).toBe("to-server-7");
    expectSameStory(runs);
  },
);

scenario(
  "the turn's state before a connection's second response, its number null",
  {
    path,
    upstream: () => {
      const model = working(3);
      const state = {
        type: "response.metadata",
        sequence_number: null,
        headers: { "x-codex-turn-state": "to-server-7" },
      };
      return {
        script: (request) => (request.number === 2 ? preceded(model(request), state) : model(request)),
      };
    },
  },
  (runs) => {
    const statesOf = ({ upstream }: Run): unknown[] =>
      upstream.attempts.map(({ body }) => asObject(body["client_metadata"])?.["x-codex-turn-state"]);
    expect(statesOf(runs.proxied)).toEqual([undefined, undefined, "to-server-7", "to-server-7"]);
    expect(statesOf(runs.proxied)).toEqual(statesOf(runs.direct));
    expectSameStory(runs);
    expectSameBytes(runs);
  },
);

scenario(
  "two tool calls in one response, cut",
  {
    path,
    upstream: () => ({
      script: truncatingModel({
        steps: [{ cuts: [516], right: twice("right"), wrong: twice("wrong") }, { right: "both done" }],
      }),
    }),
    directUpstream: () => ({
      script: truncatingModel({ steps: [{ right: twice("right") }, { right: "both done" }] }),
    }),
  },
  (runs) => {
    expect([...runs.proxied.steps].sort()).toEqual(["right 1", "right 2"]);
    expect(runs.proxied.answer).toBe("both done");
    expectSameEffort(runs);
  },
);

function twice(word: string) {
  return (round: RoundBuilder) =>
    round
      .functionCall("exec_command", { cmd: leave(`${word} 1`) })
      .functionCall("exec_command", { cmd: leave(`${word} 2`) });
}
