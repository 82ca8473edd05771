import { simulatedUpstream, truncatingModel, type SimulatedUpstream } from "../../testing/index.js";

/** A question with one right answer, and a tempting wrong one. */
export const QUESTION =
  "A bag holds 12 red, 9 blue and 7 green marbles. How many must you draw, blind, to be sure of 5 of one colour?";
export const RIGHT = "13";
const WRONG = "15";

/** Events a second: slow enough to watch, fast enough to be over in seconds. */
const PACE = 30;

/** An upstream whose model needs one continuation to think this question through. */
export function playUpstream(): Promise<SimulatedUpstream> {
  const model = truncatingModel({
    steps: [
      {
        cuts: [516],
        tokens: 302,
        wrong: `${WRONG}: three colours, five of each.`,
        right: `${RIGHT}: four of each colour is still not enough, one more always is.`,
      },
    ],
  });
  return simulatedUpstream({ script: model, delivery: { eventsPerSecond: PACE } });
}
