import { describe, expect, test } from "vitest";
import { answerOf } from "../../src/evaluation/answer.js";
import { TASKS } from "../../src/evaluation/tasks/index.js";

describe("the answer line", () => {
  test.each([
    ["ANSWER: 13", "13"],
    ["It is 13, for four of each are not enough.\n\nANSWER: 13\n", "13"],
    ["answer: 13", "13"],
    ["**ANSWER: 13**", "13"],
    ["**ANSWER:** 13", "13"],
    ["ANSWER: `13`", "13"],
    ["ANSWER: 13.", "13"],
    ["```\nANSWER: 13\n```", "13"],
    ["ANSWER: 13\r\n", "13"],
    ["ANSWER: 12\nNo: one more.\nANSWER: 13", "13"],
  ])("%j holds %j", (text, answer) => expect(answerOf(text)).toBe(answer));

  test.each([
    "",
    "13",
    "The answer is 13",
    "ANSWER:",
    "ANSWER: 13\nThat is because four of each are not enough.",
    "My ANSWER: 13",
  ])("%j has none", (text) => expect(answerOf(text)).toBeUndefined());

  test("is kept no longer than answers are", () =>
    expect(answerOf(`ANSWER: ${"9".repeat(5000)}`)).toHaveLength(200));
});

const [drawing, cages, knights, tracing] = TASKS.map((task) => (answer: string) => (text: string) => {
  return task.grade(text, { prompt: "", answer });
});

describe("graders", () => {
  test.each([
    ["ANSWER: 1166", "right"],
    ["**ANSWER: 1,166**", "right"],
    ["ANSWER: 01166", "right"],
    ["ANSWER: 1167", "wrong"],
    ["ANSWER: -1166", "wrong"],
    ["ANSWER: 1166 candies", "wrong"],
    ["ANSWER: 1166 or 1167", "wrong"],
    ["ANSWER: 11,66", "wrong"],
    ["ANSWER: eleven hundred and sixty-six", "wrong"],
    ["1166", "missing"],
  ])("of numbers: %j is %s", (text, grade) => {
    expect(drawing?.("1166")(text)).toBe(grade);
    expect(tracing?.("1166")(text)).toBe(grade);
  });

  test.each([
    ["ANSWER: Ada, Ben, Gus", "right"],
    ["ANSWER: gus, Ben and Ada.", "right"],
    ["ANSWER: Ada Ben Gus", "right"],
    ["ANSWER: Ada, Ben", "wrong"],
    ["ANSWER: Ada, Ben, Gus, Eve", "wrong"],
    ["ANSWER: Ada, Ada, Ben, Gus", "wrong"],
    ["ANSWER: the knights are Ada, Ben, Gus", "wrong"],
    ["Ada, Ben and Gus", "missing"],
  ])("of names: %j is %s", (text, grade) => expect(knights?.("Ada, Ben, Gus")(text)).toBe(grade));

  test.each([
    ["ANSWER: 341652 162345", "right"],
    ["ANSWER: 341652/162345", "right"],
    ["ANSWER: 3 4 1 6 5 2, 1 6 2 3 4 5", "right"],
    ["ANSWER: 341652162345", "right"],
    ["ANSWER: 341652 162354", "wrong"],
    ["ANSWER: 341652", "wrong"],
    ["ANSWER: row 1: 341652, row 2: 162345", "wrong"],
    ["341652 162345", "missing"],
  ])("of grids: %j is %s", (text, grade) => expect(cages?.("341652 162345")(text)).toBe(grade));
});
