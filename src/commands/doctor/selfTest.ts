import { oneResponseProblems, round, watchFold } from "../../testing/index.js";
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

/**
 * Sends a built-in turn, whose first round is cut at 516 reasoning tokens, through the very pipeline of the proxy.
 *
 * @returns what it did, in a phrase
 * @throws Error saying what came out wrong
 */
export async function selfTest(): Promise<string> {
  const cut = round().reasoning(516).message("15").completed();
  const whole = round({ seed: 2 }).reasoning(302).message("13").completed();
  const { client, bodies } = await watchFold([cut, whole]);
  const text = client.map(({ data }) => data).join("\n");
  if (bodies.length !== 2)
    throw new Error(`a cut response was continued ${bodies.length - 1} times instead of once`);
  const [problem] = oneResponseProblems(client);
  if (problem !== undefined) throw new Error(`the fold is not one response: ${problem}`);
  if (!text.includes('"13"') || text.includes('"15"')) throw new Error("the fold shows the wrong answer");
  if (!text.includes('"proxy_rounds"')) throw new Error("the fold does not report its rounds");
  return "a response cut at 516 tokens was continued and folded";
}
