import { from, lastValueFrom, toArray } from "rxjs";
import { foldTurn, type OpenRound } from "../../pipeline.js";
import { asObject, isTerminal, responseEvent } from "../../protocol/event.js";
import { DEFAULT_FOLD_OPTIONS } from "../../protocol/foldOptions.js";
import { readRequest } from "../../protocol/request.js";
import { responseOf } from "../../protocol/usage.js";
import { round, type Round } from "../../testing/index.js";
import { findings, type Finding } from "./finding.js";

/** Folds a cut response, and says whether it came out as it should. */
export async function checkSelf(test: () => Promise<string>): Promise<Finding> {
  const { ok, fail } = findings("self-test", "Self test");
  try {
    return ok(await test());
  } catch (error) {
    return fail(
      `${(error as Error).message}: this installation is broken`,
      "npm install -g codexcomp@latest",
    );
  }
}

const RIGHT = "13";
const WRONG = "15";

/**
 * Sends a built-in turn, whose first round is cut at 516 reasoning tokens, through the very pipeline of the proxy.
 *
 * @returns what it did, in a phrase
 * @throws Error saying what came out wrong
 */
export async function selfTest(): Promise<string> {
  const rounds: Round[] = [
    round().reasoning(516).message(WRONG).completed(),
    round({ seed: 2 }).reasoning(302).message(RIGHT).completed(),
  ];
  const bodies: string[] = [];
  const openRound: OpenRound = (body) => {
    bodies.push(body);
    return from((rounds[bodies.length - 1] ?? []).map((text) => responseEvent(text)));
  };
  const request = readRequest(
    JSON.stringify({
      model: "gpt-5.5",
      input: "How many marbles?",
      include: ["reasoning.encrypted_content"],
      store: false,
      stream: true,
    }),
  );
  const events = await lastValueFrom(foldTurn(request, openRound, DEFAULT_FOLD_OPTIONS).pipe(toArray()));

  const text = events.map(({ data }) => data).join("\n");
  const terminals = events.filter(isTerminal);
  const [terminal] = terminals;
  const metadata = asObject(terminal && responseOf(terminal)?.["metadata"]);
  const shown = (metadata?.["proxy_rounds"] as unknown[] | undefined)?.length;
  const expect = (isTrue: boolean, problem: string): void => {
    if (!isTrue) throw new Error(problem);
  };
  expect(bodies.length === 2, `a cut response was continued ${bodies.length - 1} times instead of once`);
  expect(
    terminals.length === 1 && events.at(-1) === terminal,
    "the fold did not end with one terminal event",
  );
  expect(text.includes(`"${RIGHT}"`) && !text.includes(`"${WRONG}"`), "the fold shows the wrong answer");
  expect(shown === 2, "the fold does not report its rounds");
  return "a response cut at 516 tokens was continued and folded";
}
