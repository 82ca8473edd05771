import { truncatingModel } from "../../testing/truncatingModel.js";
import type { Delivery } from "../../testing/upstream/answer.js";
import type { UpstreamRequest } from "../../testing/upstream/request.js";
import { simulatedUpstream, type SimulatedUpstream } from "../../testing/upstream/simulatedUpstream.js";
import { seededRandom } from "../random.js";
import { fateOf, type World } from "./worlds.js";

/** A puzzle that the model of a rehearsal knows. */
export interface KnownPuzzle {
  readonly task: string;
  readonly seed: number;
  readonly prompt: string;
  readonly answer: string | undefined;
}

/** Milliseconds before a round's first event, for each reasoning token: a thousand times as fast as the real thing. */
const PER_TOKEN = 0.15;

/** An upstream whose model is cut, and right or wrong, as the world and the puzzle's seed have it. */
export function rehearsalUpstream(world: World, puzzles: readonly KnownPuzzle[]): Promise<SimulatedUpstream> {
  const model = truncatingModel({ steps: (request) => [stepOf(world, puzzleIn(request, puzzles))] });
  return simulatedUpstream({
    script: (request): Delivery => {
      const puzzle = puzzleIn(request, puzzles);
      const { tokens } = fateOf(world, puzzle?.task ?? "", puzzle?.seed ?? 0);
      return { events: model(request), firstDelayMs: 40 + PER_TOKEN * tokens };
    },
  });
}

function stepOf(world: World, puzzle: KnownPuzzle | undefined) {
  if (!puzzle) return { right: "I was asked nothing that I know." };
  const { cuts, tokens, rightWhenCut, right } = fateOf(world, puzzle.task, puzzle.seed);
  const reply = (isRight: boolean): string =>
    `I went through it step by step.\n\nANSWER: ${isRight ? puzzle.answer : wrongAnswer(puzzle)}`;
  return { cuts, tokens, wrong: reply(rightWhenCut), right: reply(right) };
}

/** The puzzle that a request is about: the user's last message has its prompt in it. */
function puzzleIn({ history }: UpstreamRequest, puzzles: readonly KnownPuzzle[]): KnownPuzzle | undefined {
  const asked = history.filter(({ role }) => role === "user").map((item) => textOf(item["content"]));
  return puzzles.find(({ prompt }) => asked.some((text) => text.includes(prompt.trim())));
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: unknown }) => String(part.text ?? "")).join("\n");
}

/** An answer of the right form that is not the right one. */
function wrongAnswer({ answer = "", seed }: KnownPuzzle): string {
  const random = seededRandom("wrong", seed);
  if (/^\d+$/.test(answer)) return String(Number(answer) + random.int(1, 9));
  const parts = answer.split(" ");
  return parts.length > 1 ? parts.slice(1).join(" ") : "unknown";
}
