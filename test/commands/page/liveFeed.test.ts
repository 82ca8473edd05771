import { describe, expect, test } from "vitest";
import { map, type Observable } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { liveFeed, type FeedOptions } from "../../../src/commands/page/server/liveFeed.js";
import type { Message } from "../../../src/page/messages.js";

const start = (id: string): Message => ({
  ...{ kind: "turn_started", at: 0, id, model: "gpt-5.5", transport: "http" },
});
const [a, b, c] = [start("a"), start("b"), start("c")];

function marbles(run: Parameters<TestScheduler["run"]>[0]): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);
}

/** The ids of the turns that a batch's text tells of. */
const told = (text: string): string => [...text.matchAll(/"id":"(\w)"/g)].map(([, id]) => id).join("");

describe("batches", () => {
  const feed = (messages: Observable<Message>, options: FeedOptions = {}) =>
    liveFeed(messages, { every: 4, origin: "o", ...options }).batches$.pipe(
      map(({ id, text }) => `${id} ${told(text)}`),
    );

  test("collect what comes within a time, and nothing where nothing comes", () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const messages = hot<Message>("--a-b-----------c----|", { a, b, c });
      const subs = "                         ^--------------------!";
      const expected = "                     ------x-------------y|";

      expectObservable(feed(messages)).toBe(expected, { x: "o-1 ab", y: "o-2 c" });
      expectSubscriptions(messages.subscriptions).toBe(subs);
    });
  });

  test("are collected for longer the more pages listen, until they are closed", () => {
    marbles(({ hot, expectObservable }) => {
      const messages = hot<Message>("--a---------b------------c-----|", { a, b, c });
      const { batches$ } = liveFeed(messages, { every: 4, origin: "o" });
      const batches = batches$.pipe(map(({ text }) => told(text)));
      // 20 pages, of 4 frames a ten: 8 frames.
      for (let page = 1; page < 20; page++) expectObservable(batches, "^-------------------!");

      expectObservable(batches).toBe("       ----------a---------b--------c-|");
    });
  });

  test("are the same for all who listen, and made without anybody", () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const messages = hot<Message>("a------b------|", { a, b });
      const batches = feed(messages);
      const subs = "                         ^-------------!";

      expectObservable(batches, "------^").toBe("-----------x--|", { x: "o-2 b" });
      expectObservable(batches).toBe("           ----w------x--|", { w: "o-1 a", x: "o-2 b" });
      expectSubscriptions(messages.subscriptions).toBe(subs);
    });
  });
});

describe("a page that comes", () => {
  /** Runs a feed, and asks it something at a frame. */
  function asked<T>(
    frame: number,
    ask: (feed: ReturnType<typeof liveFeed>) => T,
    options: FeedOptions = {},
  ): T {
    let answer: T | undefined;
    const scheduler = new TestScheduler(() => {});
    scheduler.run(({ hot, flush }) => {
      const feed = liveFeed(hot<Message>("a-----b-----c-------|", { a, b, c }), {
        ...{ every: 4, origin: "o", scheduler },
        ...options,
      });
      scheduler.schedule(() => (answer = ask(feed)), frame);
      flush();
    });
    return answer as T;
  }

  test("gets everything up to now, what waits for its batch too", () => {
    const { id, live } = asked(7, (feed) => feed.snapshot());

    expect(live.running.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(id).toBe("o-2");
  });

  test("is told nothing twice behind that", () => {
    const later = asked(7, (feed) => {
      const heard: string[] = [];
      const { id } = feed.snapshot();
      feed.batches$.subscribe((batch) => heard.push(`${batch.id} ${told(batch.text)}`));
      return { id, heard };
    });

    expect(later).toEqual({ id: "o-2", heard: ["o-3 c"] });
  });

  test("and was here before gets what it missed", () => {
    expect(asked(18, (feed) => feed.since("o-1")?.map(({ text }) => told(text)))).toEqual(["b", "c"]);
    expect(asked(18, (feed) => feed.since("o-3"))).toEqual([]);
  });

  test.each(["", "o-0", "o-4", "another-1", "o-x"])("gets everything anew when %j is not known", (id) => {
    const keepTwo = { keep: 2 };

    expect(asked(18, (feed) => feed.since(id), keepTwo)).toBeUndefined();
  });
});
