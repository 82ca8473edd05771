import { expect } from "vitest";
import { round, truncatingModel, type RoundBuilder } from "../../../src/testing/index.js";
import type { Model } from "./harness/models.js";
import { scenario } from "./harness/scenario.js";

/** The first sub-agent tools, and those that replaced them: each version of Codex offers the other behind a flag. */
const dialects = {
  first: {
    flag: "multi_agent",
    namespace: "multi_agent_v1",
    task: (fruit: string) => ({ message: `Count the ${fruit}` }),
  },
  second: {
    flag: "multi_agent_v2",
    namespace: "collaboration",
    task: (fruit: string) => ({ task_name: fruit, message: `Count the ${fruit}`, fork_turns: "none" }),
  },
} as const;

type Dialect = (typeof dialects)[keyof typeof dialects];

const dialectOf = (version: string): Dialect => dialects[minor(version) < 150 ? "first" : "second"];

const minor = (version: string): number => Number(version.split(".")[1]);

/** An agent that lets two others count, waits for both, and adds. All think, and are cut if so wished. */
function delegating({ namespace, task }: Dialect, cuts: readonly number[]): Model {
  const call = (begun: RoundBuilder, name: string, args: object): RoundBuilder =>
    begun.functionCall(name, args, { fields: { namespace } });
  const spawning = (...fruits: readonly string[]) => {
    return (begun: RoundBuilder) =>
      fruits.reduce((so_far, fruit) => call(so_far, "spawn_agent", task(fruit)), begun);
  };
  const spawns = truncatingModel({
    steps: [{ cuts, wrong: spawning("stones", "sticks"), right: spawning("apples", "pears") }],
  });
  const counts = truncatingModel({
    steps: ({ history }) => {
      const fruit = /Count the (\w+)/.exec(JSON.stringify(history))?.[1];
      return [{ cuts, wrong: `29 ${fruit}`, right: `21 ${fruit}` }];
    },
  });
  const adds = truncatingModel({ steps: [{ cuts, wrong: "58", right: "42" }] });

  return (request) => {
    const history = JSON.stringify(request.history);
    if (!history.includes("How many?")) return counts(request);
    const outputs = request.history.filter(({ type }) => type === "function_call_output");
    if (outputs.length === 0) return spawns(request);
    const ids = outputs.flatMap(({ output }) => /"agent_id":"([^"]+)"/.exec(String(output))?.[1] ?? []);
    return ["21 apples", "21 pears"].some((answer) => !history.includes(answer))
      ? call(round(), "wait_agent", {
          ...(ids.length > 0 && { targets: ids }),
          timeout_ms: 10000,
        }).completed()
      : adds(request);
  };
}

scenario(
  "sub-agents side by side, all cut",
  {
    path: "websocket",
    codexFlags: (version) => ["--enable", dialectOf(version).flag],
    upstream: (version) => ({ script: delegating(dialectOf(version), [516]) }),
    directUpstream: (version) => ({ script: delegating(dialectOf(version), []) }),
  },
  ({ direct, proxied }) => {
    expect(direct.answer).toBe("42");
    expect(proxied.answer).toBe("42");
    expect(proxied.complaints).toEqual([]);
    expect(proxied.upstream.upgrades.length).toBe(direct.upstream.upgrades.length);
    const { continuations } = proxied.upstream;
    expect(continuations.length).toBe(4);
    expect(new Set(continuations.map(({ connection }) => connection)).size).toBe(3);
  },
);
