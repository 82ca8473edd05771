import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { FAULTS } from "./support/faults.js";
import { watchLeaks, type Leaks } from "./support/leaks.js";
import { PHASES, isReached } from "./support/phases.js";
import { nameOf, runCase, type Case, type Result } from "./support/runCase.js";
import { faultTable, withTable } from "./support/table.js";
import { TRANSPORTS } from "./support/transports.js";

const cases: Case[] = FAULTS.flatMap((fault) =>
  TRANSPORTS.flatMap((transport) =>
    PHASES.filter((phase) => isReached(phase, transport) && fault.happens?.(phase, transport) !== false).map(
      (phase) => ({ fault, phase, transport }),
    ),
  ),
);

/** Cases that run at once; the stalls wait for a second. */
const AT_ONCE = 6;

const PAGE = new URL("../../docs/reliability.md", import.meta.url);

describe("a turn in which something goes wrong", () => {
  const results = new Map<string, Result>();
  let leaks: Leaks;

  beforeAll(async () => {
    leaks = watchLeaks();
    // A clock that jumps jumps for all: those cases run by themselves, after the others.
    const waiting = cases.toSorted((a, b) => Number(!!a.fault.clock) - Number(!!b.fault.clock)).values();
    const work = async (): Promise<void> => {
      for (const the of waiting) results.set(nameOf(the), await runCase(the));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  });

  it.each(cases.map((the) => [nameOf(the), the] as const))("%s", (name, { fault, phase, transport }) => {
    const result = results.get(name);
    expect(result?.breaches).toEqual([]);
    expect(result?.ending).toBe(fault.ending(phase, transport));
  });

  it("leaves no socket, server or timer behind, and no listeners piled up", async () => {
    expect(await leaks.left()).toEqual({});
    expect(leaks.warnings).toEqual([]);
  });

  it("ends as docs/reliability.md says", async () => {
    const page = await readFile(PAGE, "utf8");
    const table = faultTable(
      FAULTS,
      cases.flatMap((the) => results.get(nameOf(the)) ?? []),
    );
    await expect(withTable(page, table)).toMatchFileSnapshot(PAGE.pathname);
  });
});
