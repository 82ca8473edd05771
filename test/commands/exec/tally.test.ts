import { expect, it } from "vitest";
import { counted, NO_TURNS, tallyLine } from "../../../src/commands/exec/tally.js";
import type { TurnReport } from "../../../src/reports/turnReport.js";
import { turnReport } from "../../journal/reports.js";

const line = (...turns: TurnReport[]) => tallyLine(turns.reduce(counted, NO_TURNS));

it.each<[string, TurnReport[], string | undefined]>([
  ["no turn", [], undefined],
  ["none cut", [turnReport([100]), turnReport([20])], undefined],
  [
    "one cut",
    [turnReport([516, 291])],
    "1 of 1 turn was cut, 1 continued (1 to the end): 1,341 extra tokens (85.6% more)",
  ],
  [
    "some cut, not all to the end",
    [turnReport([100]), turnReport([516, 516], { stop: "max_continue" }), turnReport([516, 7])],
    "2 of 3 turns were cut, 2 continued (1 to the end): 2,623 extra tokens (61.3% more)",
  ],
  ["only observed", [turnReport([516]), turnReport([1])], "1 of 2 turns were cut, none continued"],
])("%s", (_name, turns, expected) => expect(line(...turns)).toBe(expected));
