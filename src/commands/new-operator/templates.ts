import type { Language, Runner } from "./choices.js";

/** An ES module, whatever the nearest package.json says. */
export function endingOf(language: Language): string {
  return language === "ts" ? "mts" : "mjs";
}

/** The operator's module. */
export function operatorText(name: string, language: Language): string {
  const [imported, declared] =
    language === "ts"
      ? ["withOutputText, type CustomOperator", `const ${name}: CustomOperator =`]
      : ["withOutputText", `/** @type {import("codexcomp").CustomOperator} */\nconst ${name} =`];
  return `import { ${imported} } from "codexcomp";
import { map } from "rxjs";

// Writes plain dashes where the model writes long ones, in answers: put what you need in its place.
//
// response  --a--b--t|      a: "29 \u2014 no,", b: " 21", t: completed
//        ${name}
// result    --A--b--t|      A: "29 - no,"
${declared} () => map((event) => withOutputText(event, (text) => text.replaceAll("\u2014", "-")));

// The default export sees what the client will get. Named \`round\`, it would see what the upstream sends.
export default ${name};
`;
}

/** Its test. */
export function testText(name: string, language: Language, runner: Runner): string {
  const [imports, equal] =
    runner === "vitest"
      ? [`import { expect, test } from "vitest";`, (a: string, b: string) => `expect(${a}).toEqual(${b});`]
      : [
          `import assert from "node:assert/strict";\nimport { test } from "node:test";`,
          (a: string, b: string) => `assert.deepEqual(${a}, ${b});`,
        ];
  return `import { completed, delta, marbles, oneResponseProblems, operatorContext, round, runFold } from "codexcomp/testing";
${imports}
import ${name} from "./${name}.${endingOf(language)}";

test("${name} changes the text as it streams, and nothing else", () => {
  marbles(({ cold, expectObservable }) => {
    const [a, b, t] = [delta("29 \u2014 no,"), delta(" 21"), completed()];
    const source = cold(" a-b-(t|)", { a, b, t });
    const expected = "    A-b-(t|)";

    const result = source.pipe(${name}(operatorContext()));
    expectObservable(result).toBe(expected, { A: delta("29 - no,"), b, t });
  });
});

test("${name} leaves a folded turn one response, without long dashes anywhere", async () => {
  const cut = round().reasoning(516).message("29 \u2014 sure").completed();
  const whole = round().reasoning(300).message("21 \u2014 sure").completed();
  const events = await runFold([cut, whole], { operators: { response: [${name}] } });

  const texts = events.map(({ data }) => data).join("\\n");
  ${equal("oneResponseProblems(events)", "[]")}
  ${equal('[texts.includes("21 - sure"), texts.includes("\u2014")]', "[true, false]")}
});
`;
}
