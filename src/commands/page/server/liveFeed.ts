import {
  asyncScheduler,
  audit,
  buffer,
  connect,
  defer,
  filter,
  finalize,
  map,
  merge,
  share,
  Subject,
  timer,
  type Observable,
  type SchedulerLike,
} from "rxjs";
import type { Message } from "../../../page/messages.js";
import { follow, NOTHING_YET, type Live } from "../../../page/state/live.js";

/** Messages that go out together. */
export interface Batch {
  /** Tells a page that comes back where it stopped reading. */
  readonly id: string;
  /** As an event of an event stream. Written on first use, and once for all pages. */
  readonly text: string;
}

/** What is going on, for pages that come and go. */
export interface LiveFeed {
  /** From now on. Ends with the messages. */
  readonly batches$: Observable<Batch>;
  /** Everything up to now. Waiting messages go out first, so that the next batch begins where this ends. */
  snapshot(): { readonly id: string; readonly live: Live };
  /** The batches after one of them; `undefined` where they are not known any more, or never were. */
  since(id: string): readonly Batch[] | undefined;
}

export interface FeedOptions {
  /**
   * Milliseconds for which messages are collected; past ten pages, a tenth of it for each. A batch costs a write a page,
   * however many turns run: so ten pages and fifty cost the same.
   */
  readonly every?: number;
  /** So many messages are kept for pages that come back. */
  readonly keep?: number;
  /** Tells this process' batches from another's. */
  readonly origin?: string;
  readonly scheduler?: SchedulerLike;
}

/**
 * Folds messages into what is going on, and hands them on in batches.
 *
 * ```
 * messages  --a-b------c-----|
 *        liveFeed(every: 4)
 * batches   ------(ab)-----c-|
 * ```
 */
export function liveFeed(messages: Observable<Message>, options: FeedOptions = {}): LiveFeed {
  const { every = 200, keep = 1000, scheduler = asyncScheduler } = options;
  const { origin = Date.now().toString(36) } = options;
  const now = new Subject<void>();
  let pages = 0;
  let live = NOTHING_YET;
  let last = 0;
  const kept: { readonly number: number; readonly size: number; readonly batch: Batch }[] = [];
  let size = 0;

  const remember = (batch: readonly Message[]): Batch => {
    live = batch.reduce(follow, live);
    const made = batchOf(`${origin}-${++last}`, batch);
    kept.push({ number: last, size: batch.length, batch: made });
    size += batch.length;
    while (size > keep) size -= kept.shift()?.size ?? size;
    return made;
  };

  const collected = () => timer(Math.max(every, (pages * every) / 10), scheduler);
  const made$ = messages.pipe(
    connect((shared) => shared.pipe(buffer(merge(shared.pipe(audit(collected)), now)))),
    filter((batch) => batch.length > 0),
    map(remember),
    share(),
  );
  // State has to be kept whether or not a page is open.
  made$.subscribe({ complete: () => now.complete() });

  return {
    batches$: defer(() => {
      pages++;
      return made$.pipe(finalize(() => pages--));
    }),
    snapshot: () => {
      now.next();
      return { id: `${origin}-${last}`, live };
    },
    since: (id) => {
      now.next();
      const [, from, number] = /^(.*)-(\d+)$/.exec(id) ?? [];
      if (from !== origin) return undefined;
      const seen = Number(number);
      const oldest = kept[0]?.number ?? last + 1;
      if (seen > last || seen < oldest - 1) return undefined;
      return kept.filter((one) => one.number > seen).map(({ batch }) => batch);
    },
  };
}

function batchOf(id: string, messages: readonly Message[]): Batch {
  let text: string | undefined;
  return {
    id,
    get text() {
      return (text ??= `id: ${id}\nevent: messages\ndata: ${JSON.stringify(messages)}\n\n`);
    },
  };
}
