import { asObject, type JsonObject } from "../../../../src/protocol/event.js";
import type { SimulatedUpstream } from "../../../../src/testing/index.js";
import { codexExec, type Printed } from "./codexExec.js";
import { codexHome, type CodexHome, type Login, type Path } from "./codexHome.js";
import { proxyProcess } from "./codexcompProcess.js";
import { sight, type Sight } from "./sight.js";
import { startUpstream, type UpstreamPlan } from "./upstream.js";

/** One way that Codex is used, against one upstream of its own. */
export interface Setup {
  readonly version: string;
  readonly path: Path;
  readonly login: Login;
  /** Called once for each run, for scripts may have state. */
  readonly upstream: () => UpstreamPlan;
  /** `codex exec` calls one after the other, or (an inner list) at the same time. */
  readonly prompts: readonly (Args | readonly Args[])[];
  readonly config: readonly string[];
  readonly codexFlags: readonly string[];
}

/** The arguments of one `codex exec`, given what the last one printed. */
export type Args = string | ((last: Printed | undefined) => readonly string[]);

/** What came of it, seen from all sides. */
export interface Run {
  /** What each `codex exec` printed. */
  readonly printed: readonly Printed[];
  /** The last answer. */
  readonly answer: string | undefined;
  readonly complaints: readonly string[];
  readonly upstream: Sight;
  /** What the tools left in the working folder: the lines of `steps.txt`. */
  readonly steps: readonly string[];
  /** What Codex was told of the primary rate limit, response by response, as its session logs have it. */
  readonly usedPercents: readonly unknown[];
  /** The proxy's log; empty without it. */
  readonly log: readonly JsonObject[];
}

/**
 * The same path as the proxy has: for a path with `/backend-api`, 0.169 first asks `chatgpt_base_url` where the workspace
 * is served, and trusts only https answers (seen).
 */
const BASE_PATH = "/v1";

/** Runs Codex against the upstream itself. */
export async function runDirect(setup: Setup): Promise<Run> {
  const upstream = await startUpstream(setup.upstream());
  try {
    return await runCodex(setup, upstream, `${upstream.url}${BASE_PATH}`, []);
  } finally {
    await upstream.close();
  }
}

/** Runs Codex against a proxy in front of the upstream. @param flags of `codexcomp run` */
export async function runProxied(setup: Setup, flags: readonly string[]): Promise<Run> {
  const upstream = await startUpstream(setup.upstream());
  const proxy = await proxyProcess(`${upstream.url}${BASE_PATH}`, flags);
  try {
    return await runCodex(setup, upstream, proxy.url, proxy.log);
  } finally {
    await proxy.stop();
    await upstream.close();
  }
}

async function runCodex(
  setup: Setup,
  upstream: SimulatedUpstream,
  baseUrl: string,
  log: readonly JsonObject[],
): Promise<Run> {
  const home = await codexHome({ ...setup, baseUrl });
  try {
    const printed: Printed[] = [];
    for (const step of setup.prompts) {
      const last = printed.at(-1);
      const together = [step].flat() as Args[];
      printed.push(
        ...(await Promise.all(together.map((args) => exec(setup, home, upstream.url, args, last)))),
      );
    }
    return {
      printed,
      answer: printed.at(-1)?.answer,
      complaints: printed.flatMap(({ complaints }) => complaints),
      upstream: sight(upstream),
      steps: await home.steps(),
      usedPercents: (await home.tokenCounts()).map(usedPercent),
      log,
    };
  } finally {
    await home.remove();
  }
}

function usedPercent(tokenCount: JsonObject): unknown {
  return asObject(asObject(tokenCount["rate_limits"])?.["primary"])?.["used_percent"];
}

function exec(
  { version, codexFlags }: Setup,
  home: CodexHome,
  loginUrl: string,
  args: Args,
  last: Printed | undefined,
): Promise<Printed> {
  const own = typeof args === "string" ? [args] : args(last);
  return codexExec({ version, home, loginUrl, args: [...codexFlags, ...own] });
}
