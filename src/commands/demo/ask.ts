import { concatMap, from, map, scan, type Observable } from "rxjs";
import { parseEvents } from "../../operators/parseEvents.js";
import { tierOf } from "../../protocol/fingerprint.js";
import { responseOf, usageOf, type Usage } from "../../protocol/usage.js";
import type { ResponseEvent } from "../../protocol/event.js";
import { asObject } from "../../protocol/event.js";

/** What a client has seen of its response so far. */
export interface Seen {
  /** Pieces of thinking, a number for each reasoning item. */
  readonly thoughts: readonly number[];
  readonly answer: string;
  /** Set once the terminal has come. */
  readonly usage: Usage | undefined;
  /** What all rounds cost; the same as `usage` where there was one. */
  readonly billed: Usage | undefined;
  readonly rounds: readonly { readonly reasoning: number; readonly tier: number | undefined }[];
}

const NOTHING: Seen = { thoughts: [], answer: "", usage: undefined, billed: undefined, rounds: [] };

/** Asks a question as a client does, and follows the response. */
export function ask(baseUrl: string, question: string): Observable<Seen> {
  const body = JSON.stringify({
    model: "gpt-5.5",
    input: question,
    reasoning: { effort: "high" },
    include: ["reasoning.encrypted_content"],
    store: false,
    stream: true,
  });
  const request = fetch(`${baseUrl}/responses`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  return from(request).pipe(
    concatMap((response) => from(response.body ?? [])),
    map((chunk) => chunk as Uint8Array),
    parseEvents(),
    scan(watch, NOTHING),
  );
}

function watch(seen: Seen, event: ResponseEvent): Seen {
  const { thoughts, answer } = seen;
  if (
    event.type === "response.output_item.added" &&
    asObject(event.json?.["item"])?.["type"] === "reasoning"
  ) {
    return { ...seen, thoughts: [...thoughts, 0] };
  }
  if (event.type === "response.reasoning_summary_text.delta") {
    return { ...seen, thoughts: [...thoughts.slice(0, -1), (thoughts.at(-1) ?? 0) + 1] };
  }
  if (event.type === "response.output_text.delta")
    return { ...seen, answer: answer + String(event.json?.["delta"]) };
  return event.type === "response.completed" ? { ...seen, ...terminalOf(event) } : seen;
}

function terminalOf(event: ResponseEvent): Pick<Seen, "usage" | "billed" | "rounds"> {
  const usage = usageOf(event);
  const metadata = asObject(responseOf(event)?.["metadata"]);
  const rounds = metadata?.["proxy_rounds"] as { reasoning_tokens: number; n: number | null }[] | undefined;
  const billed = asObject(metadata?.["proxy_billed_usage"]);
  return {
    usage,
    billed: billed
      ? {
          ...(usage as Usage),
          input: Number(billed["input_tokens"]),
          output: Number(billed["output_tokens"]),
          total: Number(billed["total_tokens"]),
        }
      : usage,
    rounds: rounds?.map(({ reasoning_tokens, n }) => ({
      reasoning: reasoning_tokens,
      tier: n ?? undefined,
    })) ?? [{ reasoning: usage?.reasoning ?? 0, tier: tierOf(usage?.reasoning) }],
  };
}
