import { readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { apiError, round } from "../../../src/testing/index.js";
import { folderWith } from "../../options/modules/folder.js";
import { connect } from "../../transport/websocket/support/client.js";
import { answerOf, createFrame } from "../../transport/websocket/support/frames.js";
import { dataOf, runTurn, simulated } from "../../transport/support/turns.js";
import { runLine } from "../capture.js";
import { isBuilt, running } from "./running.js";

const hello = round().message("hello").completed();
const cut = round().reasoning(516).message("wrong").completed();
const whole = round().reasoning(302).message("right").completed();

const library = JSON.stringify(resolve("dist/index.js"));

/** An operator that signs each message. */
const signing = (word: string, form = `export default function sign`) => `
  import { map } from ${JSON.stringify(resolve("node_modules/rxjs/dist/cjs/index.js"))};
  import { isItemDone, itemOf, withValue } from ${library};
  ${form}() {
    return map((event) => {
      const text = isItemDone(event) && itemOf(event).content?.[0]?.text;
      return text ? withValue(event, ["item", "content", 0, "text"], text + ${JSON.stringify(word)}) : event;
    });
  }`;

const config = (fields: string) => `
  import { defineConfig } from ${library};
  import { sign } from "./sign.mjs";
  export default defineConfig({ operators: { response: [sign] }, ${fields} });`;

const answer = async (url: string) => answerOf(dataOf((await runTurn(url)).text));

describe.skipIf(!isBuilt)("--use", () => {
  it("puts a file's operator to work, over POST and WebSocket, and says so", async () => {
    const folder = folderWith({ "sign.mjs": signing(", S."), "again.mjs": signing(" (2)") });
    const upstream = await simulated({ script: () => ({ events: hello }) });
    const run = await running(
      ["--port", "0", "--upstream", upstream.url, "--use", "sign.mjs", "--use", "./again.mjs"],
      {},
      folder,
    );
    const url = await run.url();
    expect(await answer(url)).toBe("hello, S. (2)");
    const client = await connect(url);
    expect(answerOf(await client.turn(createFrame()))).toBe("hello, S. (2)");
    expect(run.stderr).toContain("using sign.mjs, ./again.mjs; operators: sign, sign");
  });

  it.each([
    ["nothing.mjs", "nothing.mjs: there is no such file"],
    ["none.mjs", "none.mjs has no operator: it needs a default export"],
    ["broken.mjs", "broken.mjs cannot be loaded: Error: on purpose"],
  ])("%s ends with 2 and says why", async (name, message) => {
    const folder = folderWith({
      "none.mjs": "export const other = 1",
      "broken.mjs": "throw new Error('on purpose')",
    });
    const { code, stderr } = await runLine(["--port", "0", "--use", join(folder, name)]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("an operator knows the proxy's errors by the classes that it imports", async () => {
    const asking = `
      import { catchError } from ${JSON.stringify(resolve("node_modules/rxjs/dist/cjs/index.js"))};
      import { RoundRejected, UpstreamLost } from ${library};
      export const round = function asking() {
        return catchError((error) => {
          console.error("it is", error instanceof RoundRejected, error instanceof UpstreamLost);
          throw error;
        });
      };`;
    const folder = folderWith({ "asking.mjs": asking });
    const upstream = await simulated({ script: [apiError(429, { message: "slow down" })] });
    const run = await running(["--port", "0", "--upstream", upstream.url, "--use", "asking.mjs"], {}, folder);
    expect((await runTurn(await run.url())).status).toBe(429);
    await run.said(/it is true false/);
  });

  it("an operator that throws costs the turn nothing, and is logged once a turn, by its name", async () => {
    const folder = folderWith({
      "bad.mjs": `export const round = function hasty() { return (events) => { throw new Error("secret"); }; };
        export const response = round;`,
    });
    const upstream = await simulated({ script: [cut, whole, hello] });
    const run = await running(["--port", "0", "--upstream", upstream.url, "--use", "bad.mjs"], {}, folder);
    const url = await run.url();
    expect([await answer(url), await answer(url)]).toEqual(["right", "hello"]);
    await run.said(/done: .*\n[^]*done: /);
    expect(run.stderr.match(/the operator hasty failed \(Error at .*bad\.mjs:1:\d+\)/g)).toHaveLength(2);
    expect(run.stderr).not.toContain("secret");
  });
});

describe.skipIf(!isBuilt)("a config file", () => {
  it.skipIf(process.platform === "win32")(
    "is taken from the user's own folder; the command line wins over it",
    async () => {
      const upstream = await simulated({ script: [cut, hello] });
      const folder = folderWith({
        "codexcomp/codexcomp.config.mjs": config(`port: 1, maxContinue: 0, upstream: "${upstream.url}"`),
        "codexcomp/sign.mjs": signing("!", "export function sign"),
      });
      const run = await running(["--port", "0"], { XDG_CONFIG_HOME: folder });
      const url = await run.url();
      expect([await answer(url), await answer(url)]).toEqual(["wrong!", "hello!"]);
      const file = join(folder, "codexcomp", "codexcomp.config.mjs");
      expect(run.stderr).toContain(`using ${file}; operators: sign`);
    },
  );

  it.each(["js", "mjs", "ts"])(
    "in the working directory (.%s) is mentioned once, and never run",
    async (ending) => {
      const name = `codexcomp.config.${ending}`;
      const folder = folderWith({
        [name]:
          "import { writeFileSync } from 'node:fs'; writeFileSync('ran', ''); export default { port: 1 };",
        "package.json": '{"type":"module"}',
      });
      const run = await running(["--port", "0"], {}, folder);
      await run.url();
      await run.said(/in this folder is not read/);
      run.kill("SIGTERM");
      await run.exit;
      expect(run.stderr.match(/codexcomp\.config/g)).toHaveLength(2); // what it is, and how to use it
      expect(run.stderr).toContain(`--config ${name}`);
      expect(readdirSync(folder).sort()).toEqual([name, "package.json"].sort());
    },
  );

  it("in the working directory is read where it is named, by a flag or by CODEXCOMP_CONFIG", async () => {
    const upstream = await simulated({ script: [hello, hello] });
    const folder = folderWith({ "codexcomp.config.mjs": `export default { upstream: "${upstream.url}" };` });
    const name = "codexcomp.config.mjs";
    const runs = [
      await running(["--port", "0", "--config", name], {}, folder),
      await running(["--port", "0"], { CODEXCOMP_CONFIG: name }, folder),
    ];
    for (const run of runs) {
      expect(await answer(await run.url())).toBe("hello");
      expect(run.stderr).toContain(`using ${name}`);
      expect(run.stderr).not.toContain("not read");
    }
  });

  it("is named by --config, relative to the working directory; --use adds to its operators", async () => {
    const upstream = await simulated({ script: [hello] });
    const folder = folderWith({
      "deep/my.mjs": config(`upstream: "${upstream.url}"`),
      "deep/sign.mjs": signing("!", "export function sign"),
      "again.mjs": signing("?"),
    });
    const args = ["--port", "0", "--config", "deep/my.mjs", "--use", "again.mjs"];
    const run = await running(args, {}, folder);
    expect(await answer(await run.url())).toBe("hello!?");
  });

  it("that cannot be used ends with 2, and names the option, its value and what is allowed", async () => {
    const folder = folderWith({ "codexcomp.config.mjs": "export default { maxContinue: -1 }" });
    const { code, stderr } = await runLine(["--config", join(folder, "codexcomp.config.mjs")]);
    expect(code).toBe(2);
    expect(stderr).toContain("codexcomp.config.mjs: maxContinue must be a whole number, 0 or more, not -1");
  });

  it.skipIf(process.platform === "win32")(
    "is read again on SIGHUP, with what it imports: for new turns, on open connections too",
    async () => {
      const upstream = await simulated({ script: () => ({ events: hello }) });
      const folder = folderWith({
        "codexcomp.config.mjs": config(`upstream: "${upstream.url}"`),
        "sign.mjs": signing("!", "export function sign"),
      });
      const run = await running(["--port", "0", "--config", "codexcomp.config.mjs"], {}, folder);
      const url = await run.url();
      const client = await connect(url);
      const both = async () => [await answer(url), answerOf(await client.turn(createFrame()))];
      expect(await both()).toEqual(["hello!", "hello!"]);

      writeFileSync(join(folder, "sign.mjs"), signing("?", "export function sign"));
      run.kill("SIGHUP");
      await run.said(/reloaded codexcomp\.config\.mjs: new turns use it/);
      expect(await both()).toEqual(["hello?", "hello?"]);

      writeFileSync(join(folder, "codexcomp.config.mjs"), "export default { port: 'high' }");
      run.kill("SIGHUP");
      await run.said(/not reloaded, going on as before: codexcomp\.config\.mjs: port must be .* not "high"/);
      expect(await both()).toEqual(["hello?", "hello?"]);

      writeFileSync(
        join(folder, "codexcomp.config.mjs"),
        `export default { idleTimeout: 5, upstream: "${upstream.url}" }`,
      );
      run.kill("SIGHUP");
      await run.said(/changed, but not before a restart: idle-timeout/);
      expect(await both()).toEqual(["hello", "hello"]);
    },
  );
});
