import { describe, expect, test, vi } from "vitest";
import type { Happening } from "../../src/page/state/pageState.js";
import { proxyEvents } from "../../src/page/stream/eventSource.js";

/** A browser's EventSource, driven by the test. */
class FakeSource extends EventTarget {
  readonly url: string;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(url: string) {
    super();
    this.url = url;
  }
  close(): void {
    this.readyState = 2;
  }
  say(type: string, data: unknown, lastEventId = ""): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }));
  }
}

function connected(): { sources: FakeSource[]; heard: Happening[]; unsubscribe(): void } {
  const sources: FakeSource[] = [];
  const heard: Happening[] = [];
  const open = (url: string): EventSource => {
    const source = new FakeSource(url);
    sources.push(source);
    return source as unknown as EventSource;
  };
  const subscription = proxyEvents("events?token=t", open).subscribe((happening) => heard.push(happening));
  return { sources, heard, unsubscribe: () => subscription.unsubscribe() };
}

describe("the proxy's events", () => {
  test("are what it says, and whether it is heard", () => {
    const { sources, heard } = connected();
    const [source] = sources;
    source?.onopen?.();
    source?.say("snapshot", { now: 1 }, "o-1");
    source?.say("messages", [{ kind: "trouble" }], "o-2");
    source?.say("vitals", { memory: 1 });
    source?.onerror?.();

    expect(heard).toEqual([
      { kind: "open" },
      { kind: "snapshot", now: 1 },
      { kind: "messages", messages: [{ kind: "trouble" }] },
      { kind: "vitals", vitals: { memory: 1 } },
      { kind: "lost" },
    ]);
    expect(sources).toHaveLength(1);
  });

  test("are asked for again where the browser gives up, from where they stopped", () => {
    vi.useFakeTimers();
    const { sources } = connected();
    sources[0]?.say("messages", [], "o-7");
    Object.assign(sources[0] ?? {}, { readyState: 2 });
    sources[0]?.onerror?.();
    expect(sources).toHaveLength(1);
    vi.advanceTimersByTime(2000);
    vi.useRealTimers();

    expect(sources.map(({ url }) => url)).toEqual(["events?token=t", "events?token=t&after=o-7"]);
  });

  test("are closed when nobody listens", () => {
    const { sources, unsubscribe } = connected();
    unsubscribe();

    expect(sources[0]?.readyState).toBe(2);
  });
});
