import { isItemAdded, isItemDone, isOrdered, isTerminal, type ResponseEvent } from "../../protocol/event.js";
import { nameOf, namesOf, responseIn } from "./reading.js";

/**
 * Invariant 7 on what a client got: one `response.created`, one terminal and it is last, one response id,
 * `sequence_number` 0, 1, 2, ..., `output_index` without gaps.
 *
 * @returns what is wrong, a line each
 */
export function oneResponseProblems(client: readonly ResponseEvent[]): string[] {
  return [...framing(client), ...ids(client), ...sequence(client), ...places(client)].map(
    (problem) => `7: ${problem}`,
  );
}

function framing(client: readonly ResponseEvent[]): string[] {
  const problems: string[] = [];
  const created = client.filter(({ type }) => type === "response.created");
  if (created.length !== 1) problems.push(`${created.length} response.created`);
  const first = client.find((event) => event.type !== "" && isOrdered(event));
  if (first && created[0] && first !== created[0]) problems.push(`${nameOf(first)} before response.created`);

  const terminals = client.filter(isTerminal);
  if (terminals.length !== 1) problems.push(`${terminals.length} terminals`);
  const last = client.at(-1);
  if (terminals.length > 0 && last && !isTerminal(last)) problems.push(`${nameOf(last)} after the terminal`);
  return problems;
}

function ids(client: readonly ResponseEvent[]): string[] {
  const seen = new Set(client.map((event) => responseIn(event)["id"]).filter((id) => id !== undefined));
  return seen.size > 1 ? [`${seen.size} response ids`] : [];
}

function sequence(client: readonly ResponseEvent[]): string[] {
  const numbers = client
    .map(({ json }) => json?.["sequence_number"])
    .filter((number) => typeof number === "number");
  const wrong = numbers.findIndex((number, index) => number !== index);
  return wrong < 0 ? [] : [`sequence_number ${numbers[wrong]} where ${wrong} is due`];
}

function places(client: readonly ResponseEvent[]): string[] {
  const problems: string[] = [];
  const open = new Map<number, string | undefined>();
  let next = 0;
  for (const event of client) {
    const index = event.json?.["output_index"];
    if (typeof index !== "number") continue;
    const id = namesOf(event)[1];
    if (isItemAdded(event) || (isItemDone(event) && !open.has(index))) {
      if (index !== next) problems.push(`${nameOf(event)} at output_index ${index} where ${next} is due`);
      next = index + 1;
      open.set(index, id);
    } else if (!open.has(index)) {
      problems.push(`${nameOf(event)} at output_index ${index}, where no item is`);
    } else if (id !== undefined && open.get(index) !== undefined && open.get(index) !== id) {
      problems.push(`${nameOf(event)} at output_index ${index}, where another item is`);
    }
  }
  return problems;
}
