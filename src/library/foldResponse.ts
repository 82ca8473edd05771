import { catchError, defer, map, of, throwError, type Observable, type ObservableInput } from "rxjs";
import { collectResponse } from "../operators/collectResponse.js";
import { NoResponse, parseResponse } from "../operators/parseResponse.js";
import { foldOptions } from "../options/proxyOptions.js";
import { proxyRules } from "../options/rules.js";
import type { FoldSettings } from "../options/settings.js";
import { validate } from "../options/validate.js";
import { foldTurn as pipeline, type OpenRound, type TurnHooks } from "../pipeline.js";
import { InvalidRequest } from "../protocol/errors.js";
import { readRequest, withText } from "../protocol/request.js";
import { continuationNeeds } from "../protocol/verdict.js";
import { foldOfWhole } from "../protocol/wholeResponse.js";

/**
 * {@link foldTurn} for requests that do not stream: one turn, from a request to the one response.
 *
 * ```ts
 * const client = new OpenAI();
 * const openJson = (body: string) => client.responses.create(JSON.parse(body) as ResponseCreateParamsNonStreaming);
 * const request = { model: "gpt-5.5", input: "How many?", reasoning: { effort: "high" } };
 * const response = await firstValueFrom(foldResponse(request, openJson)); // of the SDK's own type
 * ```
 *
 * Subscribing opens round 1; unsubscribing aborts the round that is open, as far as what `openJson` gives can be.
 *
 * @typeParam Response what `openJson` gives: text, or an object as `JSON.parse` makes it
 * @param body the request, as text or as an object. Round 1 sends it as it is, with `reasoning.encrypted_content` in
 *   its `include` where a continuation would need it.
 * @param openJson asks for one upstream response with the body it is given, and gives one value. An error is the
 *   round's end.
 * @param options all optional, named like the flags of `codexcomp run`; `hold`, `liveModels` and `keepAliveSeconds` mean
 *   nothing here
 * @param hooks who listens, and operators of your own. They see each item as `added` and `done`, and no deltas.
 * @returns one value. What was not folded, and what is no response, is the very value that `openJson` gave; errors with
 *   round 1's own failure
 * @throws {@link InvalidOption} naming the option, its value and what is allowed
 * @throws {@link InvalidRequest} for a body that is no JSON object, or asks for a stream
 */
export function foldResponse<Response extends string | object>(
  body: string | object,
  openJson: (body: string) => ObservableInput<Response>,
  options: FoldSettings = {},
  hooks: Omit<TurnHooks, "liveLimit"> = {},
): Observable<Response> {
  const fold = foldOfWhole(foldOptions(options));
  validate({ operators: hooks.operators }, proxyRules);
  const request = readRequest(typeof body === "string" ? body : JSON.stringify(body));
  if (request.json["stream"] === true)
    throw new InvalidRequest(
      "The request asks for a stream: foldTurn folds those, foldResponse those without.",
    );
  const roundOne = { ...withText(request, continuationNeeds(request, fold)), unstreamed: true };

  return defer(() => {
    let first: { readonly answer: Response; readonly text: string } | undefined;
    const openRound: OpenRound = (next) =>
      defer(() => openJson(next)).pipe(
        map((answer) => {
          const text = typeof answer === "string" ? answer : JSON.stringify(answer);
          first ??= { answer, text };
          return text;
        }),
        parseResponse(),
      );
    return pipeline(roundOne, openRound, fold, hooks).pipe(
      collectResponse(),
      map((text) => {
        if (first?.text.trim() === text) return first.answer;
        return (typeof first?.answer === "string" ? text : JSON.parse(text)) as Response;
      }),
      catchError((error: unknown) =>
        error instanceof NoResponse && first ? of(first.answer) : throwError(() => error),
      ),
    );
  });
}
