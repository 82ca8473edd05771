import { expect, test, vi, type TestContext } from "vitest";
import { parseJsonObject } from "../../../src/protocol/event.js";
import { round, truncatingModel, type Delivery } from "../../../src/testing/index.js";
import { appServer, type AppServer } from "./harness/appServer.js";
import { codexHome, type CodexHome, type Path } from "./harness/codexHome.js";
import { asked, leave, shell } from "./harness/models.js";
import { proxyProcess } from "./harness/codexcompProcess.js";
import { VERSIONS } from "./harness/scenario.js";
import { startUpstream, type UpstreamPlan } from "./harness/upstream.js";

/** With the proxy, and as it is without. */
const WAYS = ["direct", "proxied"] as const;
const PATHS: readonly Path[] = ["websocket", "post"];

const ANSWER = "There are twenty-one of them, all in all.";
const SHORT = round().reasoning(40).message(ANSWER, { phase: "final_answer" }).completed();

/** What Codex mostly gets at low effort. */
const UNTHOUGHT = round().message(ANSWER, { phase: "final_answer" }).completed();

for (const version of VERSIONS) {
  for (const path of PATHS) {
    for (const way of WAYS) {
      test.concurrent.for([
        ["a short answer", SHORT],
        ["an answer without any thinking", UNTHOUGHT],
      ] as const)(`${version} ${path}, ${way}: %s shows word for word`, async ([, answer], context) => {
        const audience = watching();
        const plan: UpstreamPlan = { script: () => audience.answer(answer) };
        const codex = await started(context, version, path, way, plan);

        // the upstream sends no word before the last one was shown: what is held would never come to an end
        const shown = await Promise.race([codex.ask("How many?", audience.sees), audience.outOfPatience]);
        expect(shown).toEqual([ANSWER]);
        expect(audience.seen()).toBeGreaterThan(2);
      });
    }

    test.concurrent(`${version} ${path}, proxied: a short call runs before its response is over`, async (context) => {
      const model = truncatingModel({
        steps: [{ tokens: 40, right: shell(leave("step 1")) }, { right: "done" }],
      });
      let steps = (): Promise<readonly string[]> => Promise.resolve([]);
      const plan: UpstreamPlan = {
        script: (request) => ({
          events: model(request),
          before: async ({ text }) => {
            if (text.startsWith('{"type":"response.completed"'))
              await vi.waitFor(async () => expect(await steps()).toEqual(["step 1"]), PATIENCE);
          },
        }),
      };
      const codex = await started(context, version, path, "proxied", plan, (home) => (steps = home.steps));

      expect(await codex.ask("Go")).toEqual(["done"]);
    });

    test.concurrent(`${version} ${path}: of a cut turn nothing wrong ever shows`, async (context) => {
      const shown: string[] = [];
      const codex = await started(context, version, path, "proxied", { script: asked(516, 1034) });

      expect(await codex.ask("How many?", (text) => shown.push(text))).toEqual(["21"]);
      expect(shown.filter((text) => !"21".startsWith(text))).toEqual([]);
    });
  }
}

/** In milliseconds: what is not shown by then is not shown live. */
const PATIENCE = 30_000;

/** Someone who reads along, and an upstream that waits for them. */
function watching() {
  let [sent, shown, times] = ["", "", 0];
  let wake = (): void => {};
  let giveUp = (_error: Error): void => {};
  const outOfPatience = new Promise<never>((_, reject) => (giveUp = reject));
  const caughtUp = async (): Promise<void> => {
    const patience = AbortSignal.timeout(PATIENCE);
    while (shown.length < sent.length && !patience.aborted) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        patience.onabort = () => resolve();
      });
    }
    if (shown.length < sent.length) giveUp(new Error(`not shown: ${sent.slice(shown.length)}`));
  };
  return {
    outOfPatience,
    seen: () => times,
    sees: (text: string): void => {
      shown = text;
      times++;
      wake();
    },
    answer: (events: Delivery["events"]): Delivery => ({
      events,
      before: async ({ text }) => {
        await caughtUp();
        const event = text.includes('"response.output_text.delta"') ? parseJsonObject(text) : undefined;
        sent += String(event?.["delta"] ?? "");
      },
    }),
  };
}

async function started(
  { onTestFinished }: TestContext,
  version: string,
  path: Path,
  way: (typeof WAYS)[number],
  plan: UpstreamPlan,
  atHome: (home: CodexHome) => void = () => {},
): Promise<AppServer> {
  const upstream = await startUpstream(plan);
  onTestFinished(() => upstream.close());
  let baseUrl = `${upstream.url}/v1`;
  if (way === "proxied") {
    const proxy = await proxyProcess(baseUrl);
    onTestFinished(() => proxy.stop());
    baseUrl = proxy.url;
  }
  const home = await codexHome({ path, login: "chatgpt", baseUrl });
  onTestFinished(() => home.remove());
  atHome(home);
  const codex = await appServer(version, home, upstream.url);
  onTestFinished(() => codex.stop());
  return codex;
}
