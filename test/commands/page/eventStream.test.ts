import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Subject } from "rxjs";
import { expect, test } from "vitest";
import { serveEvents } from "../../../src/commands/page/server/eventStream.js";
import { liveFeed } from "../../../src/commands/page/server/liveFeed.js";
import type { Message, Vitals } from "../../../src/page/messages.js";

const program = { version: "1", node: "20", upstream: "auto", startedAt: 0, journal: true };
const started = (id: string): Message => ({
  ...{ kind: "turn_started", at: 0, id, model: "gpt-5.5", transport: "http" },
});

/** A page's connection, of which the test says whether it takes more. */
function connected(keep: number) {
  const messages = new Subject<Message>();
  const vitals$ = new Subject<Vitals>();
  const feed = liveFeed(messages, { keep, origin: "o" });
  const written: string[] = [];
  let takes = true;
  const response = Object.assign(new EventEmitter(), {
    writeHead: () => {},
    write: (text: string) => (written.push(text), takes),
  });
  const request = Object.assign(new EventEmitter(), {
    headers: {},
    url: "/events",
    socket: new EventEmitter(),
  });
  serveEvents(
    { feed, vitals$, program },
    request as unknown as IncomingMessage,
    response as unknown as ServerResponse,
  );
  /** One batch. */
  const say = (id: string): void => {
    messages.next(started(id));
    feed.snapshot();
  };
  return {
    ...{ written, response, say, vitals$, messages },
    full: () => void (takes = false),
    drain: () => {
      takes = true;
      response.emit("drain");
    },
  };
}

test("a page that does not read is not written to, and gets what it missed in one go", () => {
  const { written, say, vitals$, full, drain } = connected(1000);
  say("a");
  full();
  say("b");
  const before = written.length;
  for (let i = 0; i < 500; i++) say(`c${i}`);
  vitals$.next({ now: 0, memory: 0, delay: { p50: 0, p99: 0 }, counters: {} });
  expect(written).toHaveLength(before);
  drain();
  expect(written).toHaveLength(before + 1);
  expect(written.at(-1)).toMatch(/^id: o-3\n[^]*"c0"[^]*id: o-502\n/);

  say("d");
  expect(written.at(-1)).toContain('"d"');
});

test("where that is more than is kept, it gets everything anew", () => {
  const { written, say, full, drain } = connected(10);
  full();
  say("a");
  for (let i = 0; i < 500; i++) say(`c${i}`);
  drain();
  expect(written.at(-1)).toMatch(/^id: o-501\nevent: snapshot\n/);
});

test("what waits for its batch as the page reads again comes once", () => {
  const { written, say, full, drain, messages } = connected(10);
  full();
  say("a");
  messages.next(started("b"));
  drain();
  expect(written.join("").match(/"id":"b"/g)).toHaveLength(1);
});

test("a page that left costs nothing more", () => {
  const { written, say, response, vitals$, messages } = connected(10);
  expect(vitals$.observed).toBe(true);
  response.emit("close");
  const before = written.length;
  say("a");
  expect(written).toHaveLength(before);
  expect(vitals$.observed).toBe(false);
  expect(messages.observed).toBe(true);
});
