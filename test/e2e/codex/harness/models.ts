import type { JsonObject } from "../../../../src/protocol/event.js";
import type { Round, RoundBuilder, UpstreamRequest } from "../../../../src/testing/index.js";
import { rewritten } from "./rewritten.js";
import { truncatingModel, type Act, type ModelStep } from "../../../../src/testing/truncatingModel.js";

/** Models that the scenarios use: each a script for the simulated upstream. */
export type Model = (request: UpstreamRequest) => Round;

/** Asked one thing, and cut so often before it knows. */
export function asked(...cuts: readonly number[]): Model {
  return truncatingModel({ steps: [{ cuts, wrong: "29", right: "21" }] });
}

/**
 * Runs so many commands, one a turn, each leaving its number in `steps.txt`, and then says `finished`.
 *
 * @param cuts the cuts of some steps, by number; cut, a step runs a command that leaves `wrong`
 */
export function working(commands: number, cuts: Readonly<Record<number, readonly number[]>> = {}): Model {
  const steps = Array.from({ length: commands }, (_, i): ModelStep => {
    const step = i + 1;
    return {
      cuts: cuts[step] ?? [],
      wrong: shell(leave(`wrong ${step}`)),
      right: shell(leave(`step ${step}`)),
    };
  });
  return truncatingModel({ steps: [...steps, { right: "finished" }] });
}

/** A command that leaves a line in `steps.txt`. */
export function leave(line: string): string {
  return `echo ${line} >> steps.txt; echo left ${line}`;
}

/** Calls Codex' shell tool. */
export function shell(cmd: string): Act {
  return (round: RoundBuilder) => round.functionCall("exec_command", { cmd });
}

/** The lines that {@link working} leaves. */
export function stepsUpTo(commands: number): string[] {
  return Array.from({ length: commands }, (_, i) => `step ${i + 1}`);
}

/**
 * Reports a context of 20000 tokens, and 10000 for every tool output in it: Codex compacts by what is reported.
 * A compaction begins anew.
 */
export function growing(model: Model): Model {
  return (request) => {
    const { history } = request;
    const begin = history.findLastIndex(({ type }) => type === "compaction") + 1;
    const outputs = history.slice(begin).filter(({ type }) => String(type).endsWith("_output")).length;
    const input_tokens = 20000 + 10000 * outputs;
    return rewritten(model(request), "response.completed", (event) => {
      const response = event["response"] as JsonObject;
      const usage = response["usage"] as JsonObject;
      const total_tokens = input_tokens + Number(usage["output_tokens"]);
      return { ...event, response: { ...response, usage: { ...usage, input_tokens, total_tokens } } };
    });
  };
}
