import {
  simulatedUpstream,
  type Answer,
  type Script,
  type SimulatedUpstream,
  type SimulatedUpstreamOptions,
} from "../../../../src/testing/index.js";
import { tokenEndpoint } from "./login.js";
import { stamped } from "./stamped.js";

/** A simulated upstream, its script a function. */
export interface UpstreamPlan extends SimulatedUpstreamOptions {
  readonly script: Exclude<Script, readonly Answer[]>;
}

/** Starts it, with the token endpoint beside it. */
export function startUpstream(plan: UpstreamPlan): Promise<SimulatedUpstream> {
  return simulatedUpstream({ other: tokenEndpoint, ...plan, script: stamped(plan.script) });
}
