import { expect } from "vitest";
import { truncatingModel } from "../../../src/testing/index.js";
import { growing, leave, shell, stepsUpTo, working } from "./harness/models.js";
import { expectSameBytes, expectSameStory, foldedSteps, scenario, type Runs } from "./harness/scenario.js";

const path = "websocket";

const twoQuestions = (cut: boolean) =>
  truncatingModel({
    steps: [
      { ...(cut && { cuts: [516] }), wrong: shell(leave("wrong")), right: shell(leave("first")) },
      { ...(cut && { cuts: [516] }), wrong: "29", right: "21" },
      { ...(cut && { cuts: [1034] }), wrong: "no", right: "yes" },
    ],
  });

const resumed = {
  path,
  prompts: [
    "How many?",
    ({ threadId }: { threadId?: string | undefined } = {}) => ["resume", threadId ?? "", "Sure?"],
  ],
} as const;

scenario("codex exec resume", { ...resumed, upstream: () => ({ script: twoQuestions(false) }) }, (runs) => {
  expect(runs.proxied.answer).toBe("yes");
  expectSameStory(runs);
  expectSameBytes(runs);
});

scenario(
  "codex exec resume, all turns cut",
  {
    ...resumed,
    upstream: () => ({ script: twoQuestions(true) }),
    directUpstream: () => ({ script: twoQuestions(false) }),
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(["first"]);
    expect(runs.proxied.printed.map(({ answer }) => answer)).toEqual(["21", "yes"]);
    expect(foldedSteps(runs.proxied)).toEqual([1, 2, 3]);
    expectSameStory(runs);
  },
);

scenario(
  "three codex exec at the same time, cut",
  {
    path,
    prompts: [["How many?", "How many now?", "And how many then?"]],
    upstream: () => ({ script: twoQuestions(true) }),
    directUpstream: () => ({ script: twoQuestions(false) }),
  },
  (runs) => {
    expect(runs.proxied.printed.map(({ answer }) => answer)).toEqual(["21", "21", "21"]);
    expect(runs.proxied.upstream.continuations.length).toBe(6);
    expectSameStory(runs);
  },
);

// the model asks for compaction by the sizes that it reports, which a fold must not inflate
scenario(
  "remote compaction in a tool loop with cuts",
  {
    path,
    config: ["model_auto_compact_token_limit = 45000"],
    upstream: () => ({ script: growing(working(6, { 2: [516], 3: [516], 5: [516] })) }),
    directUpstream: () => ({ script: growing(working(6)) }),
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(6));
    expect(compactions(runs.direct)).toBeGreaterThan(0);
    expect(compactions(runs.proxied)).toBe(compactions(runs.direct));
    expectSameStory(runs);
  },
);

function compactions({ upstream }: Runs["direct"]): number {
  return upstream.requests.filter(({ input }) => input.at(-1)?.["type"] === "compaction_trigger").length;
}
