import { mkdir, writeFile, cp } from "node:fs/promises";
import { join } from "node:path";
import { running, type Running } from "../../commands/run/running.js";
import type { SimulatedUpstreamOptions } from "../../../src/testing/index.js";
import { runTurn, simulated, turnBody } from "../../transport/support/turns.js";
import { scratchHome, type ScratchHome } from "../../commands/scratchHome.js";

/** The program, an upstream, and a home in which they have been at work for a month. */
export interface Scene {
  readonly home: ScratchHome;
  readonly proxy: Running;
  /** The page's address. */
  readonly address: string;
  /** Runs one turn to its end. */
  turn(fields?: Parameters<typeof turnBody>[0]): ReturnType<typeof runTurn>;
}

/** What the upstream says of the login's windows. */
const LIMITS = {
  "x-codex-primary-used-percent": "42",
  "x-codex-primary-window-minutes": "300",
  "x-codex-primary-reset-at": String(Math.floor(Date.now() / 1000) + 7000),
  "x-codex-secondary-used-percent": "83",
  "x-codex-secondary-window-minutes": "10080",
  "x-codex-secondary-reset-at": String(Math.floor(Date.now() / 1000) + 400_000),
};

export async function scene(
  script: SimulatedUpstreamOptions["script"],
  { flags = [], port = 0 }: { readonly flags?: readonly string[]; readonly port?: number } = {},
): Promise<Scene> {
  const home = await scratchHome();
  await pastMonth(home);
  await cp("test/fixtures/sessions/codex-0.169/sessions", join(home.path, ".codex/sessions"), {
    recursive: true,
  });
  await home.write(".codex/config.toml", "");
  const upstream = await simulated({ script, headers: LIMITS });
  const proxy = await running(
    ["run", "--port", String(port), "--upstream", upstream.url, ...flags],
    home.env,
  );
  const url = await proxy.url();
  await writeFile(join(home.path, ".codex/config.toml"), `openai_base_url = "${url}"\n`);
  const address = new URL("/", url).href;
  return {
    ...{ home, proxy, address },
    turn: (fields) => runTurn(url, turnBody(fields)),
  };
}

/** A journal of three thousand turns, the same each time but for its dates. */
export async function pastMonth(home: ScratchHome): Promise<void> {
  const random = randomNumbers(7);
  const models = [
    ["gpt-5.5", "high"],
    ["gpt-5.5", "xhigh"],
    ["gpt-5.5", "medium"],
    ["gpt-5.6-terra", "high"],
    ["gpt-6-astra", "medium"],
  ] as const;
  const thought = (mean: number): number => Math.floor(-Math.log(1 - random()) * mean);
  const usage = (reasoning: number) => ({
    ...{ input: 20_000, cached: 18_000, output: reasoning + 200, reasoning },
    total: 20_200 + reasoning,
  });
  const entries = Array.from({ length: 3000 }, () => {
    const at = Date.now() - 60_000 - Math.floor(random() ** 1.6 * 29 * 86_400_000);
    const [model = "", effort = ""] = models[Math.floor(random() ** 1.7 * models.length)] ?? [];
    const rounds: object[] = [];
    // As by default: of other models, cut rounds are only counted.
    const isFolded = model === "gpt-5.5";
    while (model !== "gpt-6-astra" && random() < 0.16 && rounds.length < (isFolded ? 3 : 1)) {
      const tier = 1 + thought(0.9);
      const reasoning = 518 * tier - 2;
      const verdict = isFolded ? "continue" : "model_not_selected";
      rounds.push({ reasoning, tier, usage: usage(reasoning), live: !isFolded, verdict });
    }
    if (isFolded || rounds.length === 0) {
      const reasoning = thought(420);
      const verdict = isFolded ? "natural" : "model_not_selected";
      rounds.push({ reasoning, usage: usage(reasoning), live: !isFolded || reasoning < 250, verdict });
    }
    const seconds = 8 + random() * 40;
    const failed = rounds.length > 1 && random() < 0.08;
    return {
      ...{ time: new Date(at).toISOString(), id: "0001", model, effort, transport: "websocket", rounds },
      ...{
        outcome: "completed",
        stopped: isFolded ? (failed ? "continuation_failed" : "natural") : "model_not_selected",
        seconds,
      },
      addedSeconds: rounds.length > 1 ? seconds * 0.4 : 0,
    };
  }).sort((a, b) => (a.time < b.time ? -1 : 1));
  const folder = join(home.path, ".local/state/codexcomp");
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "journal.jsonl"),
    entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""),
  );
}

/** The same numbers from 0 to 1 each time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
