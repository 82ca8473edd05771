import type { IncomingMessage, ServerResponse } from "node:http";
import { Subscription, type Observable } from "rxjs";
import { whenOver } from "../../../transport/downstream/whenOver.js";
import type { Program, Vitals } from "../../../page/messages.js";
import type { LiveFeed } from "./liveFeed.js";

export interface EventStreamOptions {
  readonly feed: LiveFeed;
  readonly vitals$: Observable<Vitals>;
  readonly program: Program;
}

/** Milliseconds after which a page comes back when it has lost the connection. */
const COME_BACK = 1000;

/**
 * Serves `GET /events`: first everything up to now, or what came since the event that the page saw last; then what
 * happens, as it happens.
 *
 * Nothing is written to a page that does not read: once it reads again it gets what it missed, and where that is too
 * much, everything anew.
 */
export function serveEvents(
  { feed, vitals$, program }: EventStreamOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  let seen = lastSeen(request);
  let reading = true;

  const write = (text: string): void => {
    if (response.write(text)) return;
    reading = false;
    response.once("drain", catchUp);
  };
  const catchUp = (): void => {
    // Asking sends out what waits, to all who are reading: this one counts as reading only behind that.
    const missed = feed.since(seen);
    const all = missed ? undefined : feed.snapshot();
    reading = true;
    if (missed) {
      seen = missed.at(-1)?.id ?? seen;
      if (missed.length > 0) write(missed.map(({ text }) => text).join(""));
    } else if (all) {
      seen = all.id;
      const data = JSON.stringify({ now: Date.now(), program, live: all.live });
      write(`id: ${all.id}\nevent: snapshot\ndata: ${data}\n\n`);
    }
  };

  // The end of the connection is the end of the body: chunks would only make more writes of one.
  response.shouldKeepAlive = false;
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  write(`retry: ${COME_BACK}\n\n`);
  catchUp();

  const subscriptions = new Subscription();
  subscriptions.add(
    feed.batches$.subscribe(({ id, text }) => {
      if (!reading) return;
      seen = id;
      write(text);
    }),
  );
  subscriptions.add(
    vitals$.subscribe((vitals) => {
      if (reading) write(`event: vitals\ndata: ${JSON.stringify(vitals)}\n\n`);
    }),
  );
  whenOver(request, response, () => subscriptions.unsubscribe());
}

/** A browser says it in a header when it comes back by itself, the page in the URL when it does. */
function lastSeen({ headers, url = "" }: IncomingMessage): string {
  const header = headers["last-event-id"];
  const said = typeof header === "string" ? header : new URLSearchParams(url.split("?")[1]).get("after");
  return said ?? "";
}
