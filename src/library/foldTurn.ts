import { from, type Observable, type ObservableInput } from "rxjs";
import { foldOptions } from "../options/proxyOptions.js";
import { proxyRules } from "../options/rules.js";
import type { FoldSettings } from "../options/settings.js";
import { validate } from "../options/validate.js";
import { foldTurn as pipeline, type TurnHooks } from "../pipeline.js";
import type { ResponseEvent } from "../protocol/event.js";
import { readRequest, withText } from "../protocol/request.js";
import { continuationNeeds } from "../protocol/verdict.js";

/**
 * The pipeline without a proxy around it, for clients and gateways of your own: one turn, from a request to the one
 * response that its client sees.
 *
 * ```ts
 * const openRound = (body: string) => defer(() => fetch(url, { method: "POST", body, headers })).pipe(
 *   concatMap((response) => from(response.body ?? [])),
 *   parseEvents(),
 * );
 * foldTurn({ model: "gpt-5.5", input: "How many?", reasoning: { effort: "high" }, stream: true }, openRound)
 *   .subscribe(({ data }) => console.log(data));
 * ```
 *
 * Subscribing opens round 1; unsubscribing aborts the round that is open.
 *
 * @param body the request, as text or as an object. Round 1 sends it as it is, with `reasoning.encrypted_content` in
 *   its `include` where a continuation would need it.
 * @param openRound opens an upstream round with the body it is given; subscribed to once. An error is the round's end.
 * @param options all optional, named like the flags of `codexcomp run`
 * @param hooks who listens, and operators of your own
 * @returns the response's events; errors with round 1's own failure
 * @throws {@link InvalidOption} naming the option, its value and what is allowed
 * @throws {@link InvalidRequest} for a body that is no JSON object
 */
export function foldTurn(
  body: string | object,
  openRound: (body: string) => ObservableInput<ResponseEvent>,
  options: FoldSettings = {},
  hooks: TurnHooks = {},
): Observable<ResponseEvent> {
  const fold = foldOptions(options);
  validate({ operators: hooks.operators }, proxyRules);
  const request = readRequest(typeof body === "string" ? body : JSON.stringify(body));
  const roundOne = withText(request, continuationNeeds(request, fold));
  return pipeline(roundOne, (text) => from(openRound(text)), fold, hooks);
}
