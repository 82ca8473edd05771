import { isOrdered, isTerminal, type ResponseEvent } from "../../protocol/event.js";
import { tierOf } from "../../protocol/fingerprint.js";
import { editJson } from "../../protocol/jsonText.js";
import { usageOf } from "../../protocol/usage.js";
import { metadataProblems } from "./numbers.js";
import { nameOf, responseIn, unnumbered } from "./reading.js";
import type { WatchedTurn } from "./watchedTurn.js";

/**
 * Invariant 1 on a turn of one round: the same events with the same text, and the same end. A fingerprinted round may
 * say in its terminal's metadata that it was released; a kept-alive one counts on behind what was repeated.
 *
 * @returns what is wrong, a line each
 */
export function transparencyProblems(turn: WatchedTurn): string[] {
  const [round = []] = turn.rounds;
  const client = turn.client.filter((event) => !event.framing?.repeated);
  const wasKeptAlive = client.length < turn.client.length;
  const text = wasKeptAlive ? unnumbered : ({ data }: ResponseEvent): string => data;
  const problems: string[] = [];

  // What belongs to no response may overtake held output.
  for (const belongs of [isOrdered, (event: ResponseEvent) => !isOrdered(event)]) {
    const [got, sent] = [client.filter(belongs), round.filter(belongs)];
    const differs = sent.findIndex(
      (event, index) => !isSame(event, got[index], text) && !isReleased(event, got[index], turn, text),
    );
    const different = sent[differs];
    if (different) problems.push(`1: ${nameOf(different)} (event ${differs}) did not come out as it was`);
    else if (got.length > sent.length) problems.push(`1: ${got.length - sent.length} events too many`);
  }
  if ("clientError" in turn !== "upstreamError" in turn || turn.clientError !== turn.upstreamError)
    problems.push("4: the stream did not end as the upstream's did");
  return problems;
}

function isSame(
  sent: ResponseEvent,
  got: ResponseEvent | undefined,
  text: (event: ResponseEvent) => string,
): boolean {
  return got !== undefined && text(sent) === text(got) && sent.framing?.comment === got.framing?.comment;
}

/** True for a fingerprinted round's terminal with nothing but the proxy's metadata added. */
function isReleased(
  sent: ResponseEvent,
  got: ResponseEvent | undefined,
  turn: WatchedTurn,
  text: (event: ResponseEvent) => string,
): boolean {
  if (!got || !isTerminal(got) || got.type !== "response.completed") return false;
  if (tierOf(usageOf(sent)?.reasoning) === undefined) return false;
  const metadata = {
    path: ["response", "metadata"],
    raw: JSON.stringify(responseIn(sent)["metadata"] ?? null),
  };
  const same = [sent, got].map((event) => editJson(text(event), [metadata]));
  return same[0] === same[1] && metadataProblems(turn).length === 0;
}
