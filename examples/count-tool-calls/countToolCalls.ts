import { isClientAction, isItemDone, itemOf, itemType } from "codexcomp";
import type { CustomOperator } from "codexcomp";
import { finalize, pipe, tap } from "rxjs";

/** What is sent for a turn. */
export interface ToolCalls {
  readonly model: string;
  /** How often each tool was called. */
  readonly calls: Readonly<Record<string, number>>;
}

/**
 * Counts the tools that a response calls, and sends the counts when the turn is over, however it ended.
 *
 * ```
 * response  --c--m--c--t|      c: a call of "shell" is done
 *        countToolCalls(send)
 * result    --c--m--c--t|      then send({ model, calls: { shell: 2 } })
 * ```
 */
export function countToolCalls(send: (counted: ToolCalls) => Promise<unknown>): CustomOperator {
  return function countToolCalls({ model, log }) {
    const calls: Record<string, number> = {};
    return pipe(
      tap((event) => {
        const item = isItemDone(event) ? itemOf(event) : undefined;
        if (!item || !isClientAction(item)) return;
        const name = String(item["name"] ?? itemType(item));
        calls[name] = (calls[name] ?? 0) + 1;
      }),
      finalize(() => {
        if (Object.keys(calls).length === 0) return;
        send({ model, calls }).catch(() => log("debug", "the counts could not be sent"));
      }),
    );
  };
}

/** Posts the counts as JSON. */
export function postTo(url: string): (counted: ToolCalls) => Promise<Response> {
  const headers = { "content-type": "application/json" };
  return (counted) =>
    // Not with the operator's own signal: the turn is over by now.
    fetch(url, { method: "POST", headers, body: JSON.stringify(counted), signal: AbortSignal.timeout(5000) });
}
