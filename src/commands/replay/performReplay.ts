import type { UserOperators } from "../../operators/userOperators.js";
import { UnusableModule } from "../../options/modules/importModule.js";
import { loadOperators } from "../../options/modules/operatorModule.js";
import type { ResponseEvent } from "../../protocol/event.js";
import { frame } from "../../protocol/frame.js";
import { asUsageError, type Invocation } from "../command.js";
import { styleFor } from "../terminal/style.js";
import { widthOf } from "../terminal/wrap.js";
import { recordingsAt } from "./load.js";
import { renderSummary } from "./render.js";
import { speedOf, type ReplayFlags } from "./replay.js";
import { diffOf, summarize } from "./summary.js";
import { watchReplay } from "./watchReplay.js";

/** Replays recordings and prints what their clients would see. @returns 1 where that is not what they saw */
export async function performReplay(invocation: Invocation<ReplayFlags>): Promise<number> {
  const { args, flags, stdout, stderr, env, signal } = invocation;
  const operators = await operatorsAt(flags.use);
  const style = styleFor(stdout, env);
  const results: object[] = [];
  let same = true;

  for await (const recording of recordingsAt(args)) {
    const replayed = await watchReplay(recording, {
      operators,
      speed: speedOf(flags.speed),
      log: (level, text) => void (level !== "debug" && stderr.write(`${text}\n`)),
      onEvent: (event) => void (flags.events && !flags.json && stdout.write(frame(event))),
      signal,
    });
    const summary = summarize(replayed);
    const diff = flags.diff ? diffOf(replayed) : "";
    same &&= replayed.same !== false;
    if (flags.json) {
      const { events } = replayed.client;
      results.push({
        ...summary,
        ...(flags.diff && { diff }),
        ...(flags.events && { events: events.map(shown) }),
      });
    } else {
      const before = results.push({}) > 1 && !flags.events ? "\n" : "";
      stdout.write(`${before}${renderSummary(summary, widthOf(stdout), style)}${diff}`);
    }
  }
  if (flags.json) stdout.write(`${JSON.stringify({ same, recordings: results }, undefined, 2)}\n`);
  return same ? 0 : 1;
}

async function operatorsAt(paths: readonly string[]): Promise<UserOperators> {
  try {
    return await loadOperators(paths, process.cwd());
  } catch (error) {
    throw asUsageError(error, UnusableModule);
  }
}

function shown({ type, data, json }: ResponseEvent): object {
  return { type, data: json ?? data };
}
