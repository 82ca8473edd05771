import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { readJournal } from "../../src/journal/reader.js";
import { turnReport } from "./reports.js";

const WRITER = fileURLToPath(new URL("../../dist/journal/writer.js", import.meta.url));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "codexcomp-journal-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

interface Writing {
  /** The ids of its turns begin with it. */
  readonly name: string;
  readonly turns: number;
  readonly maxBytes?: number;
  readonly keepFiles?: number;
}

/** A process that opens the journal, says so, and writes once it is told to; then it says what failed. */
function writer({ name, turns, ...limits }: Writing): readonly string[] {
  const script = `
    import { once } from "node:events";
    import { openJournal } from ${JSON.stringify(WRITER)};
    const report = ${JSON.stringify(turnReport([516, 3]))};
    const onError = (reason) => console.log(reason);
    const journal = openJournal({ folder: ${JSON.stringify(folder)}, onError, ...${JSON.stringify(limits)} });
    console.log("ready");
    await once(process.stdin, "data");
    for (let turn = 0; turn < ${turns}; turn++) journal.write({ ...report, id: "${name}-" + turn });
    await journal.close();
    process.exit();`;
  return [process.execPath, "--input-type=module", "-e", script];
}

/** Runs writers that begin at the same moment. @returns what each has said */
async function together(lines: readonly (readonly string[])[]): Promise<string[][]> {
  const children = lines.map(([command = "", ...args]) =>
    spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] }),
  );
  const said = children.map(() => "");
  children.forEach(({ stdout }, i) => stdout.setEncoding("utf8").on("data", (text) => (said[i] += text)));
  await Promise.all(children.map(({ stdout }) => once(stdout, "data")));
  for (const { stdin } of children) stdin.write("go");
  await Promise.all(children.map((child) => once(child, "close")));
  return said.map((text) => text.trim().split("\n").slice(1));
}

async function read(): Promise<{ ids: string[]; unreadable: number }> {
  const ids: string[] = [];
  let unreadable = 0;
  for await (const { id } of readJournal(folder, -Infinity, () => unreadable++)) ids.push(id);
  return { ids, unreadable };
}

describe.skipIf(!existsSync(WRITER))("several processes with one journal", () => {
  it("lose and tear no line, eight at once and files set aside meanwhile", async () => {
    const [names, turns] = ["abcdefgh".split(""), 150];
    // Some 600 kB: the file is full 30 times, and what is kept has just room for all of it.
    const limits = { maxBytes: 20_000, keepFiles: 32 };
    const said = await together(names.map((name) => writer({ name, turns, ...limits })));
    expect(said.flat()).toEqual([]);
    const { ids, unreadable } = await read();
    expect(unreadable).toBe(0);
    const all = names.flatMap((name) => Array.from({ length: turns }, (_, turn) => `${name}-${turn}`));
    expect(ids.sort()).toEqual(all.sort());
  }, 60_000);

  /** Past a file size limit, a write is cut short as by a full disk. */
  const limited = (line: readonly string[]) => [
    "sh",
    "-c",
    "trap '' XFSZ; ulimit -f 4; exec \"$@\"",
    "sh",
    ...line,
  ];

  it.skipIf(process.platform === "win32")(
    "go on where a write was cut short in one of them: what is torn is one line, and says so once",
    async () => {
      const [said] = await together([limited(writer({ name: "short", turns: 20 }))]);
      expect(said).toEqual(["the journal cannot be written: EFBIG"]);
      const before = await read();
      expect(before.ids.length).toBeGreaterThan(1);
      expect((await readFile(join(folder, "journal.jsonl"), "utf8")).endsWith("\n")).toBe(false);

      expect(await together([writer({ name: "next", turns: 2 })])).toEqual([[]]);
      const after = await read();
      expect(after.ids).toEqual([...before.ids, "next-0", "next-1"]);
      expect(after.unreadable).toBe(1);
    },
  );

  it.skipIf(!canMount())("survive a disk that is full for a while", async () => {
    // The folder is only seen in there, so that is also where it is read.
    const script = `
      mount -t tmpfs -o size=64k tmpfs "$0"
      head -c 50000 /dev/zero >"$0/others"
      echo go | "$@" full
      rm "$0/others"
      echo go | "$@" free
      cat "$0/journal.jsonl"`;
    const [node = "", ...args] = writer({ name: "x", turns: 100 });
    const written = spawnSync("unshare", ["--mount", "sh", "-ec", script, folder, node, ...args], {
      encoding: "utf8",
    });
    expect(written.stderr).toBe("");
    const [, failed, , ...lines] = written.stdout.trimEnd().split("\n");
    expect(failed).toBe("the journal cannot be written: ENOSPC");
    const readable = lines.filter((line) => line.endsWith("}"));
    expect(lines.length - readable.length).toBe(1);
    expect(readable.slice(-100).map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(
      Array.from({ length: 100 }, (_, turn) => `x-${turn}`),
    );
  });
});

function canMount(): boolean {
  return spawnSync("unshare", ["--mount", "true"]).status === 0;
}
