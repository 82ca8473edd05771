import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import "../../../src/testing/matchers.js";
import { asObject, isTerminal, type ResponseEvent } from "../../../src/protocol/event.js";
import { responseOf } from "../../../src/protocol/usage.js";
import { simulatedUpstream, violations } from "../../../src/testing/index.js";
import { DEFAULT_PROXY_OPTIONS } from "../../../src/transport/options.js";
import { createProxyServer } from "../../../src/transport/proxy.js";
import { upstreamNetwork } from "../../../src/transport/upstream/network/network.js";
import { runs } from "../../propertyRuns.js";
import { OVERLOADED, laneName, plan, scripted, type Plan, type TurnPlan } from "./support/plans.js";
import { openSession, type Lane, type SeenTurn, type Session } from "./support/session.js";

// A connection for each plan, and a plan that fails is tried again and again until it is small.
vi.setConfig({ testTimeout: 120_000 });

describe.each([
  ["relay", "auto"],
  ["bridge", "sse"],
] as const)("whatever comes over the %s", (_, upstreamTransport) => {
  test("the invariants hold, and the upstream has nothing to refuse", async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (plan) => {
        expect(await problemsOf(plan, upstreamTransport)).toEqual([]);
      }),
      { numRuns: runs(25), seed: 518 },
    );
  });
});

/** Runs a plan through the real server. @returns what was violated, a line each */
async function problemsOf(plan: Plan, upstreamTransport: "auto" | "sse"): Promise<string[]> {
  const script = scripted(plan);
  const upstream = await simulatedUpstream({ script: script.answer, backend: plan.backend });
  const defaults = DEFAULT_PROXY_OPTIONS;
  const options = {
    ...defaults,
    ...{ port: 0, upstream: `${upstream.url}/v1`, proxy: "none", upstreamTransport },
    fold: { ...defaults.fold, ...plan.fold },
  };
  // Not with this machine's certificates, which take their time to read.
  const proxy = createProxyServer(options, upstreamNetwork(options, {}));
  const session = openSession(await proxy.listen(), plan);
  const problems: string[] = [];
  try {
    await Promise.all(
      plan.lanes.map(async (turns, index) => {
        const lane = session.lane(laneName(plan, index));
        for (const [number, turn] of turns.entries()) {
          const key = `${index}/${number}`;
          const first = await prelude(turn, key, lane, session);
          const seen = await lane.turn(key, (conversation) => script.expect(key, conversation));
          const own = turnProblems(seen, script.rounds(key), turn, plan);
          problems.push(...[...first, ...own].map((problem) => `turn ${key}: ${problem}`));
        }
      }),
    );
    problems.push(...session.strays.map((text) => `belongs to no turn: ${text.slice(0, 80)}`));
  } finally {
    session.close();
    // None is left running behind a client that went away.
    await Promise.all(upstream.requests.map(({ settled }) => settled));
    await proxy.close(false);
    await upstream.close();
  }
  const heard = upstream.frames.map(({ text, bytes }) => text ?? bytes.toString());
  if (upstreamTransport === "auto" && !isWithin(session.said, heard))
    problems.push("6: unknown frames did not pass as they were");
  return [...problems, ...script.problems(upstream.requests)];
}

/** What the client does before a turn. */
async function prelude({ before }: TurnPlan, key: string, lane: Lane, session: Session): Promise<string[]> {
  if (before === "ping") await session.say(undefined);
  if (before === "binary") await session.say(Buffer.from(`binary ${key}`));
  if (before === "unknown") await session.say(`{"type" : "response.future", "n": "${key}"}`);
  if (before !== "lost track") return [];
  const { events, end } = await lane.lostTrack(`${key}/lost track`);
  if (end !== "terminal") return [];
  const codes = events.map(({ json }) => asObject(json?.["error"])?.["code"]);
  return isDeepStrictEqual(codes, ["previous_response_not_found"])
    ? []
    : [`an unknown id got ${codes.join()}`];
}

/** What is wrong with a turn as the client saw it. */
function turnProblems(
  { events, end }: SeenTurn,
  sent: readonly (readonly ResponseEvent[])[],
  { rounds: [planned] }: TurnPlan,
  { lanes, fold }: Plan,
): string[] {
  const [first = []] = sent;
  if (end === "left") {
    const known = new Set(first.map(({ data }) => data));
    return sent.length > 1 || events.every(({ data }) => known.has(data)) ? [] : ["1: events of its own"];
  }
  if (sent.length === 1 && planned?.refused) return refusalProblems(events, end);

  // Over a bridge a turn that died is told so by a frame, unless it was alone.
  const last = asObject(events.at(-1)?.json?.["error"])?.["code"];
  const isLost = end === "lost" || last === "upstream_connection_error";
  const client = end !== "lost" && isLost ? events.slice(0, -1) : events;
  // What was on its way when another lane took the connection down has not arrived.
  const arrived =
    lanes.length === 1 && planned?.shape.ending === "cut" ? first : first.slice(0, client.length);
  // A continuation that the upstream never heard of, for the connection was lost.
  const stopped = asObject(responseOf(client.find(isTerminal))?.["metadata"])?.["proxy_stopped_reason"];
  const unheard = sent.length === 1 && stopped === "continuation_failed" ? [[]] : [];
  return violations({
    client,
    rounds: [...(isLost && sent.length === 1 ? [arrived] : sent), ...unheard],
    ...(isLost && { clientError: LOST, upstreamError: LOST }),
    liveMessages: fold.hold === "adaptive",
  });
}

const LOST = "lost";

/** Invariant 6. Another lane may have taken the connection down first. */
function refusalProblems(events: readonly ResponseEvent[], end: SeenTurn["end"]): string[] {
  if (end === "lost") return [];
  const got = events.map(({ json }) => [json?.["type"], json?.["status"], json?.["error"]]);
  const { status, body } = OVERLOADED;
  const due = [["error", status, asObject(body)?.["error"]]];
  return isDeepStrictEqual(got, due) ? [] : ["6: the refusal did not come out as it was"];
}

/** True if all of these are among those, in their order. */
function isWithin(these: readonly unknown[], those: readonly unknown[]): boolean {
  let from = 0;
  return these.every((one) => (from = those.indexOf(one, from) + 1) > 0);
}
