import fc from "fast-check";
import { firstValueFrom, from, throwError, type Observable } from "rxjs";
import { expect, test, vi } from "vitest";
import { foldTurn } from "../src/pipeline.js";
import { collectResponse } from "../src/operators/collectResponse.js";
import { parseResponse } from "../src/operators/parseResponse.js";
import { responseEvent, type ResponseEvent } from "../src/protocol/event.js";
import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../src/protocol/foldOptions.js";
import { readRequest } from "../src/protocol/request.js";
import { foldOfWhole, responseOfEvents } from "../src/protocol/wholeResponse.js";
import { runs } from "./propertyRuns.js";
import { build, options, rounds, type Shape } from "./randomRounds.js";

// Hundreds of turns each: slow machines need more than the usual time.
vi.setConfig({ testTimeout: 120_000 });

const lost = new Error("lost");
const request = readRequest(
  JSON.stringify({ model: "gpt-5.5", input: "How many?", include: ["reasoning.encrypted_content"] }),
);

/** The round as a stream: what ends without a response is lost, as it is without a stream. */
function streamed(events: readonly ResponseEvent[]): Observable<ResponseEvent> {
  return endOf(events) === undefined ? throwError(() => lost) : from(events);
}

/** The round as an upstream answers it that is not asked to stream. */
function whole(events: readonly ResponseEvent[]): Observable<ResponseEvent> {
  const text = endOf(events);
  return text === undefined ? throwError(() => lost) : from([text]).pipe(parseResponse());
}

function endOf(events: readonly ResponseEvent[]): string | undefined {
  const done = events.filter(({ type }) => type === "response.output_item.done");
  return events.map((event) => responseOfEvents(done, event)).find((text) => text !== undefined);
}

/** The events that a response is made of: what else passes in a stream has no place in one. */
function ofResponse({ steps, ...shape }: Shape): Shape {
  return {
    ...shape,
    steps: steps.filter(({ kind }) => !["limits", "metadata", "new", "junk"].includes(kind)),
  };
}

/** What the client gets in the end, and the bodies that were sent for it. */
async function folded(
  shapes: readonly Shape[],
  fold: FoldOptions,
  as: (events: readonly ResponseEvent[]) => Observable<ResponseEvent>,
) {
  const bodies: string[] = [];
  const openRound = (body: string): Observable<ResponseEvent> => {
    const seed = bodies.push(body) - 1;
    const shape = shapes[seed];
    return shape ? as(build(shape, seed).map((text) => responseEvent(text))) : throwError(() => lost);
  };
  const turn = { ...request, unstreamed: true };
  const events = foldTurn(turn, openRound, fold).pipe(collectResponse());
  const response = await firstValueFrom(events, { defaultValue: "nothing" }).catch((error: unknown) => error);
  return { response, bodies };
}

test("a turn that does not stream ends with the very response that it would have in a stream", async () => {
  let folds = 0;
  await fc.assert(
    fc.asyncProperty(rounds, options, async (drawn, options) => {
      const shapes = drawn.map(ofResponse);
      // Nothing is live: what goes out before the verdict is where the two differ, and is meant to.
      const fold = foldOfWhole({ ...DEFAULT_FOLD_OPTIONS, ...options, maxHeldBytes: 1e9 });

      const inStream = await folded(shapes, fold, streamed);
      const asJson = await folded(shapes, fold, whole);

      if (inStream.bodies.length > 1) folds++;
      expect(asJson).toEqual(inStream);
    }),
    { numRuns: runs(250) },
  );
  // Random rounds: some 7 to 12 of 100 turns fold.
  expect(folds).toBeGreaterThan(runs(250) / 50);
});
