import { from, toArray, firstValueFrom, take, map } from "rxjs";
import { describe, expect, test, vi } from "vitest";
import { parseEvents } from "../../src/operators/parseEvents.js";
import { responseEvent, type ResponseEvent } from "../../src/protocol/event.js";
import { frame } from "../../src/protocol/frame.js";
import { marbles } from "../../src/testing/marbles.js";
import { comment } from "../../src/testing/events.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parsed = (...chunks: (Uint8Array | string)[]): Promise<ResponseEvent[]> =>
  firstValueFrom(from(chunks).pipe(parseEvents(), toArray()));
const data = async (...chunks: (Uint8Array | string)[]): Promise<string[]> =>
  (await parsed(...chunks)).map((event) => event.data);

const A = responseEvent('{"type":"a"}');
const B = responseEvent('{"type":"b"}');

describe("when events come out", () => {
  test("as soon as their blank line is there", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("x-y---z-|", {
        x: bytes('data: {"ty'),
        y: bytes('pe":"a"}\n\ndata: {"type":"b"}\n\n'),
        z: bytes(": ping\n"),
      });
      const subs = "        ^-------!";
      const expected = "    --(ab)c-|";

      expectObservable(source.pipe(parseEvents())).toBe(expected, { a: A, b: B, c: comment("ping") });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("an event that the end cut off is none", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("x-y-|", { x: 'data: {"type":"a"}\n\n', y: 'data: {"type":"b"}\n' });
      const subs = "        ^---!";
      const expected = "    a---|";

      expectObservable(source.pipe(parseEvents())).toBe(expected, { a: A });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("errors pass, after what was complete", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("x-y-#", { x: 'data: {"type":"a"}\n\n', y: 'data: {"type":"b"}' });
      const subs = "        ^---!";
      const expected = "    a---#";

      expectObservable(source.pipe(parseEvents())).toBe(expected, { a: A });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("unsubscribing lets go of the source", () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold("x-y---", { x: 'data: {"type":"a"}\n\n', y: 'data: {"type":"b"}\n\n' });
      const subs = "        ^-!";
      const expected = "    a-(b|)";

      expectObservable(source.pipe(parseEvents(), take(2))).toBe(expected, { a: A, b: B });
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  test("each subscription parses for itself", () => {
    marbles(({ cold, expectObservable }) => {
      const events = cold("x-y-|", { x: "data: {", y: '"type":"a"}\n\n' }).pipe(parseEvents());

      expectObservable(events, "^----!").toBe("--a-|", { a: A });
      expectObservable(events, "-^----!").toBe("---a-|", { a: A });
    });
  });
});

describe("line ends", () => {
  test.each([
    ["LF", 'event: a\ndata: {"type":"a"}\n\ndata: {"type":"b"}\n\n'],
    ["CRLF", 'event: a\r\ndata: {"type":"a"}\r\n\r\ndata: {"type":"b"}\r\n\r\n'],
    ["CR", 'event: a\rdata: {"type":"a"}\r\rdata: {"type":"b"}\r\r'],
    ["a mixture", 'event: a\r\ndata: {"type":"a"}\n\ndata: {"type":"b"}\r\r\n'],
  ])("%s, in one chunk or byte by byte", async (_, body) => {
    const expected = ['{"type":"a"}', '{"type":"b"}'];

    expect(await data(body)).toEqual(expected);
    expect(await data(...[...bytes(body)].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
  });
});

describe("what an event is", () => {
  test("data lines are joined", async () => {
    const [event] = await parsed('data: {"type":\ndata:  "a",\ndata:\ndata: "x":1}\n\n');

    expect(event).toMatchObject({ data: '{"type":\n "a",\n\n"x":1}', type: "a", json: { type: "a", x: 1 } });
  });

  test("the event line is kept as it was, and only where there was one", async () => {
    const body =
      'event: a\ndata: {"type":"a"}\n\ndata: {"type":"b"}\n\nevent: message\ndata: {"type":"c"}\n\n';

    const events = await parsed(body);

    expect(events.map(({ type, framing }) => [type, framing?.event])).toEqual([
      ["a", "a"],
      ["b", undefined],
      ["c", "message"],
    ]);
    // absent is not the same as left to the sink to choose
    expect(events[1]?.framing).toHaveProperty("event");
  });

  test.each([
    ["data alone", 'data: {"type":"a"}\n\ndata: [DONE]\n\n'],
    ["event lines", 'event: a\ndata: {"type":"a"}\n\ndata: {"type":"a"}\n\nevent: b\ndata: {"type":"a"}\n\n'],
    ["ids", 'id: 1\nevent: a\ndata: {"type":"a"}\n\nid: 2\nevent: a\ndata: {"type":"a"}\n\n'],
    ["comments", ': ping\n\ndata: {"type":"a"}\n\n: ping\n\n'],
    ["several lines", 'data: {\ndata: "type":"a"}\n\n'],
  ])("what is framed as usual leaves as it came: %s", async (_, body) => {
    expect((await parsed(body)).map(frame).join("")).toBe(body);
  });

  test("the id line is kept", async () => {
    expect(await parsed('id: 7\ndata: {"type":"a"}\n\n')).toMatchObject([{ framing: { id: "7" } }]);
  });

  test("comments come where they were", async () => {
    const events = await parsed(': one\n\ndata: {"type":"a"}\n\n:two\ndata: {"type":"b"}\n\n');

    expect(events.map((event) => [event.framing?.comment === true, event.data])).toEqual([
      [true, "one"],
      [false, '{"type":"a"}'],
      [true, "two"],
      [false, '{"type":"b"}'],
    ]);
  });

  test.each(["[DONE]", "not json", '{"type', "<html><body>502</body></html>", "null", "1", ""])(
    "data that is no JSON object passes untouched: %j",
    async (text) => {
      const events = await parsed(`data: ${text}\n\n`);

      expect(events).toMatchObject([{ data: text, type: "", json: undefined }]);
    },
  );

  test("an event cut short passes untouched, and has no JSON", async () => {
    const text = '{"type":"response.completed","response":{';

    expect(await parsed(`data: ${text}\n\n`)).toMatchObject([{ data: text, json: undefined }]);
  });

  test("junk between events harms none of them", async () => {
    const body = 'data: {"type":"a"}\n\n<junk>\nretry: x\n:\n\n\n\nfoo: bar\n\ndata: {"type":"b"}\n\n';

    expect((await parsed(body)).map(({ type }) => type).filter(Boolean)).toEqual(["a", "b"]);
  });

  test("numbers beyond 2^53 stay as they were", async () => {
    expect(await data('data: {"type":"a","n":9007199254740993}\n\n')).toEqual([
      '{"type":"a","n":9007199254740993}',
    ]);
  });
});

describe("bytes", () => {
  const TEXT = '{"type":"a","delta":"最少需要 29 个糖果 🍬 é"}';

  test("UTF-8 may be split anywhere", async () => {
    const body = bytes(`data: ${TEXT}\n\n`);

    for (let at = 0; at <= body.length; at++) {
      expect(await data(body.subarray(0, at), body.subarray(at))).toEqual([TEXT]);
    }
  });

  test("UTF-8 may come byte by byte, with empty chunks in between", async () => {
    const chunks = [...bytes(`data: ${TEXT}\n\n`)].flatMap((byte) => [Uint8Array.of(byte), new Uint8Array()]);

    expect(await data(...chunks)).toEqual([TEXT]);
  });

  test.each([
    ["bytes", [bytes('\uFEFFdata: {"type":"a"}\n\n')]],
    ["split bytes", [bytes("\uFEFF").subarray(0, 2), bytes('\uFEFFdata: {"type":"a"}\n\n').subarray(2)]],
    ["text", ['\uFEFFdata: {"type":"a"}\n\n']],
  ])("a byte order mark at the start is skipped: %s", async (_, chunks) => {
    expect(await data(...chunks)).toEqual(['{"type":"a"}']);
  });

  test("a byte order mark anywhere else belongs to the text", async () => {
    expect(await data('data: {"type":"a\uFEFF"}\n\n', '\uFEFFdata: {"type":"b"}\n\n')).toEqual([
      '{"type":"a\uFEFF"}',
    ]);
  });
});

describe("the work it takes", () => {
  /** Characters looked at by searches, at most. */
  async function charactersSearched(length: number): Promise<number> {
    const body = `data: {"type":"a","delta":"${"x".repeat(length)}"}\n\n`;
    const chunks = body.match(/[^]{1,1024}/g) ?? [];
    let searched = 0;
    const indexOf = String.prototype.indexOf;
    const spy = vi.spyOn(String.prototype, "indexOf").mockImplementation(function (
      this: string,
      text: string,
      from?: number,
    ) {
      searched += this.length - (from ?? 0);
      return indexOf.call(this, text, from);
    });
    try {
      const sizes = await firstValueFrom(
        from(chunks).pipe(
          parseEvents(),
          map((event) => event.data.length),
          toArray(),
        ),
      );
      expect(sizes).toEqual([body.length - "data: \n\n".length]);
    } finally {
      spy.mockRestore();
    }
    return searched;
  }

  test("grows with the size of an event, not with its square", async () => {
    const small = await charactersSearched(2 ** 20);
    const large = await charactersSearched(2 ** 23);

    expect(small).toBeGreaterThan(2 ** 20);
    expect(large / small).toBeLessThan(9);
  });

  test("events are not parsed as JSON", async () => {
    const parse = vi.spyOn(JSON, "parse");

    await parsed('data: {"type":"response.output_text.delta","delta":"x"}\n\n'.repeat(100));

    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});
