import { spawnSync } from "node:child_process";
import { readdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readJournal } from "../../../src/journal/reader.js";
import { loadRecordings, round } from "../../../src/testing/index.js";
import { scratchFolder } from "../../recordings/support.js";
import { runTurn, simulated } from "../../transport/support/turns.js";
import { isBuilt, running } from "./running.js";

const natural = round().reasoning(291).message("21 ".repeat(300)).completed();

/** A file system of its own, of so many bytes, at `folder`: only what is run by it sees that. */
const smallDisk = (folder: string, size: number): string[] => [
  ...["unshare", "--mount", "sh", "-c"],
  `mount -t tmpfs -o size=${size} tmpfs "$0" && exec "$@"`,
  folder,
];

const canMount = spawnSync("unshare", ["--mount", "true"]).status === 0;

describe.skipIf(!isBuilt || !canMount)("a disk that is full for a while", () => {
  it("costs what is written down of the turns meanwhile, and no turn", async () => {
    const folder = await scratchFolder();
    const upstream = await simulated({ script: () => natural });
    const run = await running(
      ["run", "--port", "0", "--upstream", upstream.url, "--record", join(folder, "recordings")],
      { XDG_STATE_HOME: folder },
      undefined,
      smallDisk(folder, 1 << 20),
    );
    const url = await run.url();
    // The disk as the process has it.
    const disk = `/proc/${run.pid}/root${folder}`;
    const turnIsOver = (turns: number) => run.said(new RegExp(`(?:done: [^]*){${turns}}`));

    const journaled = async (): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { id } of readJournal(join(disk, "codexcomp"), -Infinity)) ids.push(id);
      return ids;
    };
    const recordings = join(disk, "recordings");
    const recorded = async (): Promise<(string | undefined)[]> => {
      const all = await loadRecordings([recordings]).catch(() => []);
      return all.filter(({ missing }) => missing.length === 0).map(({ turn }) => turn?.id);
    };

    expect((await runTurn(url)).status).toBe(200);
    await expect.poll(journaled).toEqual(["0001"]);
    await expect.poll(recorded).toEqual(["0001"]);
    const { bavail, bsize } = await statfs(disk);
    // What is left is too little for the recording of one more turn.
    await writeFile(join(disk, "others"), Buffer.alloc(bavail * bsize - 40_000));
    // A file's last block has room for some more lines of the journal.
    let turns = 1;
    while (!/journal cannot be written: ENOSPC/.test(run.stderr)) {
      expect((await runTurn(url)).text).toContain("response.completed");
      await turnIsOver(++turns);
    }
    await run.said(/recording: ENOSPC; turns go on/);
    await rm(join(disk, "others"));
    expect((await runTurn(url)).status).toBe(200);
    await turnIsOver(turns + 1);
    const last = /\[(\w+) gpt-5\.5\] done:[^[]*$/.exec(run.stderr)?.[1];

    await expect.poll(async () => (await journaled()).at(-1)).toBe(last);
    await expect.poll(async () => (await recorded()).at(-1)).toBe(last);
    expect(await journaled()).toContain("0001");
    const whole = await recorded();
    expect(whole).toContain("0001");
    expect(whole.length).toBeLessThan((await readdir(recordings)).length);
    run.kill("SIGTERM");
    expect(await run.exit).toMatchObject({ code: 0 });
  });
});
