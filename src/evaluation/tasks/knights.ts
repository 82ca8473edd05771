import { gradeBy, setOfNames } from "../answer.js";
import { promptOf } from "../prompt.js";
import { seededRandom, type Random } from "../random.js";
import type { Difficulty, Task } from "../task.js";

/** What somebody says; true or false of who is a knight. */
export interface Statement {
  readonly speaker: number;
  readonly text: string;
  readonly holds: (knights: readonly boolean[]) => boolean;
}

/** Knights and knaves: who tells the truth? */
export const knights: Task = {
  name: "knights",
  generate(seed, difficulty) {
    const { names, statements, truth } = islandOf(seed, difficulty);
    const who = names.filter((_, i) => truth[i]);
    const form = "the names of all knights, separated by commas,";
    return { prompt: promptOf(words(names, statements), form), answer: who.join(", ") };
  },
  grade: (text, { answer }) => gradeBy(text, answer, setOfNames),
};

/** Every way that it can be, given what was said: knights say what is so, knaves what is not. */
export function waysOf(people: number, statements: readonly Statement[]): boolean[][] {
  const ways: boolean[][] = [];
  for (let bits = 0; bits < 2 ** people; bits++) {
    const way = Array.from({ length: people }, (_, i) => ((bits >> i) & 1) === 1);
    if (statements.every(({ speaker, holds }) => holds(way) === way[speaker])) ways.push(way);
  }
  return ways;
}

const NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jill", "Kim", "Leo", "Mia"];

/** An island on which it can be one way only. */
export function islandOf(seed: number, difficulty: Difficulty) {
  const random = seededRandom("knights", seed, difficulty);
  const names = NAMES.slice(0, 3 + 2 * difficulty);
  const truth = aTruth(names.length, random);
  const statements: Statement[] = [];
  // Everybody says something; then more is said until one way is left.
  for (let ways = Infinity; ways > 1;) {
    const silent = names.map((_, i) => i).filter((i) => !statements.some(({ speaker }) => speaker === i));
    const speaker = silent[0] ?? random.int(0, names.length - 1);
    const said = statementOf(speaker, names, random);
    if (said.holds(truth) !== truth[speaker] || statements.some(({ text }) => text === said.text)) continue;
    statements.push(said);
    if (silent.length <= 1) ways = waysOf(names.length, statements).length;
  }
  return { names, statements, truth };
}

/** At least one knight and one knave. */
function aTruth(people: number, random: Random): boolean[] {
  const some = random.int(2, people - 2);
  return random.shuffled(Array.from({ length: people }, (_, i) => i < some));
}

/** Something that one may say of others; whether it is so is not looked at. */
function statementOf(speaker: number, names: readonly string[], random: Random): Statement {
  const others = random.shuffled(names.map((_, i) => i).filter((i) => i !== speaker));
  const [a = 0, b = 0, c = 0] = others;
  const [A, B, C] = [a, b, c].map((i) => names[i]);
  const total = random.int(1, names.length - 1);
  const of = (way: readonly boolean[], ...who: number[]) => who.filter((i) => way[i]).length;
  const all = names.map((_, i) => i);
  const says = (text: string, holds: Statement["holds"]): Statement => ({ speaker, text, holds });
  return random.pick([
    says(`Exactly one of ${A} and ${B} is a knight.`, (way) => of(way, a, b) === 1),
    says(`${A} and ${B} are of the same kind.`, (way) => of(way, a, b) !== 1),
    says(`If ${A} is a knight, then ${B} is a knave.`, (way) => !(way[a] && way[b])),
    says(`${A} is a knave, or ${B} is a knight, or both.`, (way) => !way[a] || way[b] === true),
    says(`Of ${A}, ${B} and ${C}, exactly two are knights.`, (way) => of(way, a, b, c) === 2),
    says(`Of ${A}, ${B} and ${C}, an odd number are knaves.`, (way) => of(way, a, b, c) % 2 === 0),
    says(`At least ${total} of us are knights.`, (way) => of(way, ...all) >= total),
  ]);
}

function words(names: readonly string[], statements: readonly Statement[]): string[] {
  const said = statements.map(({ speaker, text }) => `- ${names[speaker]} says: "${text}"`);
  return [
    `On an island everybody is either a knight or a knave. Whatever a knight says is true, whatever a knave says is false. ${names.length} of them live there: ${names.join(", ")}. "Us" means all of them. They say:`,
    said.join("\n"),
    "Who are the knights?",
  ];
}
