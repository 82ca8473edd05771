import { describe, expect, test } from "vitest";
import { round, type Round, type UpstreamRequest } from "../../../src/testing/index.js";
import { startProxy } from "../support/proxy.js";
import { simulated } from "../support/turns.js";
import { connect, parsed, typeOf } from "./support/client.js";
import { answerOf, createFrame, idOf, responseOfLast, userMessage } from "./support/frames.js";

/** An upstream whose rounds end only when the test says so, before or after they began. */
async function gated(script: (request: UpstreamRequest) => Round) {
  const gates = new Map<number, { readonly opened: Promise<void>; readonly open: () => void }>();
  const gate = (number: number) => {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    const found = gates.get(number) ?? { opened, open };
    gates.set(number, found);
    return found;
  };
  const upstream = await simulated({
    script: (request) => ({
      events: script(request),
      before: ({ text }) =>
        !request.isSteered && text.includes('"response.completed"') ? gate(request.number).opened : undefined,
    }),
  });
  const { url } = await startProxy(`${upstream.url}/v1`);
  return { upstream, client: await connect(url), finish: (number: number) => gate(number).open() };
}

function steer(previous_response_id: string): string {
  return JSON.stringify({ type: "response.steer", previous_response_id, input: [userMessage("shorter!")] });
}

function cutOnce({ isSteered, isContinuation }: UpstreamRequest) {
  if (isSteered) return round().reasoning(20).message("STEERED").completed();
  return isContinuation
    ? round().reasoning(300).message("RIGHT").completed()
    : round().reasoning(516).message("CUT").completed();
}

describe("response.steer", () => {
  test("is relayed, its acknowledgement is not held, and what it begins passes as it is", async () => {
    const { upstream, client, finish } = await gated(({ isSteered }) =>
      round()
        .reasoning(800)
        .message(isSteered ? "STEERED" : "PLAIN")
        .completed(),
    );
    client.send(createFrame());
    const [created = ""] = await client.until("response.created");
    await client.until("response.output_item.done");

    client.send(steer(idOf([created])));
    const accepted = await client.until("response.steer.accepted");
    expect(answerOf(accepted)).toBe("");
    finish(1);

    expect(answerOf(await client.until("response.completed"))).toBe("PLAIN");
    const successor = await client.until("response.completed");
    expect(answerOf(successor)).toBe("STEERED");
    expect(successor.map((text) => parsed(text)["sequence_number"])).toEqual(successor.map((_, i) => i));
    expect(upstream.frames.map(({ text }) => text)).toEqual([createFrame(), steer(idOf([created]))]);
  });

  test("of a round that was cut: the upstream goes on by itself, so we do not", async () => {
    const { upstream, client, finish } = await gated(cutOnce);
    client.send(createFrame());
    const [created = ""] = await client.until("response.created");

    client.send(steer(idOf([created])));
    await client.until("response.steer.accepted");
    finish(1);
    const first = await client.until("response.completed");
    const second = await client.until("response.completed");

    expect(answerOf(first)).toBe("CUT");
    expect(responseOfLast(first)["metadata"]).toMatchObject({ proxy_stopped_reason: "continuation_failed" });
    expect(answerOf(second)).toBe("STEERED");
    expect(upstream.requests.map(({ isSteered }) => isSteered)).toEqual([false, true]);

    const next = createFrame({ previous_response_id: idOf(second), input: [userMessage("on")] });
    client.send(next);
    finish(3);
    await client.until("response.completed");
    expect(upstream.requests[2]?.text).toBe(next);
  });

  test("in a hidden round: names the round upstream, and the client's response below", async () => {
    const { upstream, client, finish } = await gated(cutOnce);
    client.send(createFrame());
    const [created = ""] = await client.until("response.created");
    const id = idOf([created]);
    finish(1);
    await upstream.request(2);
    // The hidden round has begun: its reasoning shows.
    for (let reasoning = 0; reasoning < 2; reasoning++) await client.until("response.output_item.added");

    client.send(steer(id));
    const [accepted = ""] = (await client.until("response.steer.accepted")).slice(-1);
    finish(2);
    const first = await client.until("response.completed");
    const second = await client.until("response.completed");

    expect(upstream.frames[2]?.json).toMatchObject({
      previous_response_id: upstream.requests[1]?.responseId,
    });
    expect(parsed(accepted)["steer"]).toMatchObject({ previous_response_id: id });
    expect(answerOf(client.received.slice(0, -second.length))).toBe("RIGHT");
    expect(idOf(first)).toBe(id);
    expect(answerOf(second)).toBe("STEERED");
  });

  test("what it begins is not taken for the answer to a frame that waits", async () => {
    const { client, finish } = await gated(cutOnce);
    client.send(createFrame());
    const [created = ""] = await client.until("response.created");
    client.send(steer(idOf([created])));
    await client.until("response.steer.accepted");
    client.send(createFrame({ prompt_cache_key: "waiting" }));

    for (const number of [1, 3, 4]) finish(number);
    const answers: string[][] = [];
    for (let turn = 0; turn < 3; turn++) answers.push(await client.until("response.completed"));

    expect(answers.map(answerOf)).toEqual(["CUT", "STEERED", "RIGHT"]);
  });

  test("that comes too late is refused in the client's words", async () => {
    const { client, finish } = await gated(cutOnce);
    client.send(createFrame());
    for (const number of [1, 2]) finish(number);
    const fold = await client.until("response.completed");

    client.send(steer(idOf(fold)));

    const [failed = ""] = (await client.until("response.steer.failed")).slice(-1);
    expect(typeOf(failed)).toBe("response.steer.failed");
    expect(parsed(failed)["steer"]).toMatchObject({ previous_response_id: idOf(fold) });
    expect(parsed(failed)["error"]).toMatchObject({ code: "response_already_completed" });
  });
});
