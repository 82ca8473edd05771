import { gradeBy, wholeNumber } from "../answer.js";
import { promptOf } from "../prompt.js";
import { seededRandom, type Random } from "../random.js";
import type { Difficulty, Task } from "../task.js";

/** Values of the variables, by name. */
type State = Record<string, number>;

/** A piece of a program: its text, and what it does. Both are made from the same numbers. */
interface Piece {
  readonly lines: readonly string[];
  readonly run: (state: State) => void;
}

/** Tracing: what does a small program with loops print? */
export const tracing: Task = {
  name: "tracing",
  generate(seed, difficulty) {
    const { text, printed } = programOf(seed, difficulty);
    const paragraphs = [
      "Follow this JavaScript program by hand. All numbers in it are whole and stay below a million; % is the remainder.",
      text,
      "Which number does it print?",
    ];
    return { prompt: promptOf(paragraphs, "the number, in digits,"), answer: String(printed) };
  },
  grade: (text, { answer }) => gradeBy(text, answer, wholeNumber),
};

const NAMES = ["a", "b", "c", "d"] as const;

/** A program, and what it prints. Nothing in it becomes negative, for `%` differs between languages there. */
export function programOf(seed: number, difficulty: Difficulty): { text: string; printed: number } {
  const random = seededRandom("tracing", seed, difficulty);
  const names = NAMES.slice(0, difficulty < 3 ? 3 : 4);
  const begun: State = Object.fromEntries(names.map((name) => [name, random.int(1, 30)]));
  const rounds = 3 + 3 * difficulty + random.int(0, 2);
  const body = Array.from({ length: 2 + Math.ceil(difficulty / 2) }, (_, i) =>
    i % 2 === 0 ? choice(names, random) : difficulty > 2 ? innerLoop(names, random) : step(names, random),
  );
  const lines = [
    ...names.map((name) => `let ${name} = ${begun[name]};`),
    `for (let i = 1; i <= ${rounds}; i++) {`,
    ...body.flatMap((piece) => piece.lines).map((line) => `  ${line}`),
    "}",
    `console.log(${names.join(" + ")});`,
  ];
  const state = { ...begun };
  for (state["i"] = 1; state["i"] <= rounds; state["i"]++) for (const piece of body) piece.run(state);
  const printed = names.reduce((sum, name) => sum + (state[name] ?? 0), 0);
  return { text: lines.join("\n"), printed };
}

/** `a = (a * 3 + b + i) % 97;` */
function step(names: readonly string[], random: Random): Piece {
  const [to = "a", from = "b"] = random.shuffled(names);
  const [factor, modulus] = [random.int(2, 7), random.int(23, 97)];
  return {
    lines: [`${to} = (${to} * ${factor} + ${from} + i) % ${modulus};`],
    run: (state) => {
      state[to] = (value(state, to) * factor + value(state, from) + value(state, "i")) % modulus;
    },
  };
}

/** `if ((a + i) % 3 === 1) { ... } else { ... }` */
function choice(names: readonly string[], random: Random): Piece {
  const name = random.pick(names);
  const modulus = random.int(2, 4);
  const rest = random.int(0, modulus - 1);
  const [yes, no] = [step(names, random), step(names, random)];
  return {
    lines: [
      `if ((${name} + i) % ${modulus} === ${rest}) {`,
      ...yes.lines.map((line) => `  ${line}`),
      "} else {",
      ...no.lines.map((line) => `  ${line}`),
      "}",
    ],
    run: (state) => {
      const holds = (value(state, name) + value(state, "i")) % modulus === rest;
      (holds ? yes : no).run(state);
    },
  };
}

/** `for (let j = a % 3; j < 3; j++) { ... }` */
function innerLoop(names: readonly string[], random: Random): Piece {
  const name = random.pick(names);
  const limit = random.int(2, 3);
  const inside = step(names, random);
  return {
    lines: [
      `for (let j = ${name} % ${limit}; j < ${limit}; j++) {`,
      ...inside.lines.map((line) => `  ${line}`),
      "}",
    ],
    run: (state) => {
      for (let j = value(state, name) % limit; j < limit; j++) inside.run(state);
    },
  };
}

function value(state: State, name: string): number {
  return state[name] ?? 0;
}
