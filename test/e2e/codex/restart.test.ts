import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { truncatingModel } from "../../../src/testing/index.js";
import { codexExec } from "./harness/codexExec.js";
import { codexHome } from "./harness/codexHome.js";
import { codexcompProcess } from "./harness/codexcompProcess.js";
import { leave, shell } from "./harness/models.js";
import { VERSIONS } from "./harness/scenario.js";
import { sight } from "./harness/sight.js";
import { startUpstream } from "./harness/upstream.js";

/** A tool call that ends when the test says so. */
const waiting = `until [ -e go ]; do sleep 0.1; done; ${leave("second")}`;

const model = () =>
  truncatingModel({
    steps: [
      { right: shell(leave("first")) },
      { cuts: [516], wrong: shell(leave("wrong")), right: shell(waiting) },
      { cuts: [516], wrong: "29", right: "21" },
    ],
  });

for (const version of VERSIONS) {
  test.concurrent(`${version}: codexcomp is restarted while a tool runs, and nobody notices`, async (context) => {
    const upstream = await startUpstream({ script: model() });
    context.onTestFinished(() => upstream.close());
    const started = (port: string) =>
      codexcompProcess([
        ...["run", "--port", port, "--upstream", `${upstream.url}/v1`],
        ...["--no-journal", "--log-format", "json"],
      ]);
    const before = await started("0");
    const home = await codexHome({ login: "chatgpt", baseUrl: before.url });
    context.onTestFinished(() => home.remove());
    const printed = codexExec({ version, home, loginUrl: upstream.url, args: ["How many?"] });

    // The first step, the second one, and its continuation: once that is answered, the socket is idle.
    const continuation = await upstream.request(3);
    expect(continuation.isContinuation).toBe(true);
    await continuation.settled;
    // Codex reads nothing while a tool runs: it finds the close frame when it wants to go on (seen).
    await before.stop();
    const after = await started(new URL(before.url).port);
    context.onTestFinished(() => after.stop());
    await writeFile(join(home.work, "go"), "");

    const { answer, complaints, exitCode } = await printed;
    expect({ answer, complaints, exitCode }).toEqual({ answer: "21", complaints: [], exitCode: 0 });
    expect(await home.steps()).toEqual(["first", "second"]);
    // The third step came whole, on a socket of its own, and was asked once.
    const third = upstream.requests[3];
    expect(third?.body["previous_response_id"]).toBeUndefined();
    expect(third?.history.length).toBeGreaterThan(4);
    expect(sight(upstream).upgrades).toHaveLength(upstream.sockets.length);
    expect(upstream.requests).toHaveLength(5);
  });
}
