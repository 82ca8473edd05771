import { map } from "rxjs";
import { describe, test } from "vitest";
import { withData, type ResponseEvent } from "../../src/protocol/event.js";
import { collectResponse } from "../../src/operators/collectResponse.js";
import { parseResponse } from "../../src/operators/parseResponse.js";
import { completed, created, delta, event, failed, itemDone, message } from "../../src/testing/events.js";
import { marbles } from "../../src/testing/marbles.js";

const c = created();
const d = delta("21");
const m = itemDone(message("21"));
/** The response of a terminal, with other items. */
const textOf = (terminal: ResponseEvent, output: readonly object[]): string =>
  JSON.stringify({ ...(terminal.json?.["response"] as object), output });

describe("the response in a terminal", () => {
  test("comes out with the items that are done, when it comes", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const t = completed({ reasoning: 300 });
      const source = cold("c-d-m--t---d-|", { c, d, m, t });
      const subs = "        ^------!";
      const expected = "    -------(x|)";

      expectObservable(source.pipe(collectResponse())).toBe(expected, { x: textOf(t, [message("21")]) });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("comes out of a failure too", () => {
    marbles(({ cold, expectObservable }) => {
      const t = failed();
      const source = cold("c-t|", { c, t });
      const expected = "    --(x|)";

      expectObservable(source.pipe(collectResponse())).toBe(expected, {
        x: JSON.stringify(t.json?.["response"]),
      });
    });
  });

  test("keeps its text: numbers, order, white space", () => {
    marbles(({ cold, expectObservable }) => {
      const x = '{\n  "object" : "response", "created_at":1.0,\n "output": [ {"n":9007199254740993} ]\n}';
      const source = cold("-(x|)", { x: `\n${x}\n` });
      const expected = "    -(x|)";

      expectObservable(source.pipe(parseResponse(), collectResponse())).toBe(expected, { x });
    });
  });

  test("has an item as it was changed on the way, and all else as it was", () => {
    marbles(({ cold, expectObservable }) => {
      const x = '{"object":"response", "output":[{"id":"a"}, {"id":"b"}], "n":9007199254740993}';
      const y = '{"object":"response", "output":[{"id":"A"},{"id":"b"}], "n":9007199254740993}';
      const change = map((event: ResponseEvent) =>
        withData(event, event.type.endsWith("item.done") ? event.data.replace('"a"', '"A"') : event.data),
      );
      const source = cold("-(x|)", { x });
      const expected = "    -(y|)";

      expectObservable(source.pipe(parseResponse(), change, collectResponse())).toBe(expected, { y });
    });
  });
});

describe("without a response", () => {
  test("a stream that ends has nothing to say", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("c-m-|", { c, m });
      expectObservable(source.pipe(collectResponse())).toBe("----|");
      expectSubscriptions(source.subscriptions).toBe("^---!");
    });
  });

  test("an error event is not the end of one", () => {
    marbles(({ cold, expectObservable }) => {
      const e = event("error", { code: "server_error" });
      expectObservable(cold("c-e-|", { c, e }).pipe(collectResponse())).toBe("----|");
    });
  });

  test("errors pass", () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold("c-m-#", { c, m }).pipe(collectResponse())).toBe("----#");
    });
  });
});

test("unsubscribing lets go of the source", () => {
  marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source = cold("c-m---", { c, m });
    expectObservable(source.pipe(collectResponse()), "^--!").toBe("---");
    expectSubscriptions(source.subscriptions).toBe("^--!");
  });
});

test("each subscription collects for itself", () => {
  marbles(({ cold, expectObservable }) => {
    const t = completed();
    const texts = cold("c-(t|)", { c, t }).pipe(collectResponse());
    const x = textOf(t, []);
    expectObservable(texts, "^-----!").toBe("--(x|)", { x });
    expectObservable(texts, "--^-----!").toBe("----(x|)", { x });
  });
});
