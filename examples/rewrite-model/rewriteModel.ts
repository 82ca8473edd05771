import { isLifecycle, isTerminal, responseOf, withValue, type CustomOperator } from "codexcomp";
import { map } from "rxjs";

/**
 * Renames models in response objects.
 *
 * ```
 * response  --p--d--t|      p, t: created and completed, by "deployment-7"
 *        rewriteModel({ "deployment-7": "gpt-5.5" })
 * result    --q--d--u|      q, u: the same, by "gpt-5.5"
 * ```
 *
 * @param names the upstream's names, each with the client's
 */
export function rewriteModel(names: Readonly<Record<string, string>>): CustomOperator {
  const nameFor = new Map(Object.entries(names));
  return function rewriteModel() {
    return map((event) => {
      // Deltas have no response object, and need not be parsed.
      if (!isLifecycle(event) && !isTerminal(event)) return event;
      const name = nameFor.get(String(responseOf(event)?.["model"]));
      return name === undefined ? event : withValue(event, ["response", "model"], name);
    });
  };
}
