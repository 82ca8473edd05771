import { Observable, defer, retry, timer } from "rxjs";
import type { Message, Vitals } from "../messages.js";
import type { Happening } from "../state/pageState.js";

/** What is needed of a browser's `EventSource`. */
export type OpenSource = (url: string) => EventSource;

/** Milliseconds before asking again where the browser does not do so by itself. */
const AGAIN = 2000;

/**
 * The proxy's events as an Observable. It never ends: a connection that is lost is `lost`, and opened again.
 *
 * Subscribing opens a connection and unsubscribing closes it; one that is opened later begins where the last one
 * stopped.
 *
 * @param url of the events, with the token where there is one
 */
export function proxyEvents(
  url: string,
  open: OpenSource = (address) => new EventSource(address),
): Observable<Happening> {
  let seen = "";
  return defer(() => oneConnection(withId(url, seen), open, (id) => (seen = id))).pipe(
    retry({ delay: () => timer(AGAIN) }),
  );
}

function oneConnection(url: string, open: OpenSource, saw: (id: string) => void): Observable<Happening> {
  return new Observable((subscriber) => {
    const source = open(url);
    const hear = <T>(name: string, happening: (data: T) => Happening): void =>
      source.addEventListener(name, (event) => {
        const { data, lastEventId } = event as MessageEvent & { readonly data: string };
        if (lastEventId !== "") saw(lastEventId);
        subscriber.next(happening(JSON.parse(data) as T));
      });
    hear<Omit<Extract<Happening, { kind: "snapshot" }>, "kind">>("snapshot", (all) => ({
      kind: "snapshot",
      ...all,
    }));
    hear<readonly Message[]>("messages", (messages) => ({ kind: "messages", messages }));
    hear<Vitals>("vitals", (vitals) => ({ kind: "vitals", vitals }));
    source.onopen = () => subscriber.next({ kind: "open" });
    source.onerror = () => {
      subscriber.next({ kind: "lost" });
      // Otherwise the browser tries again by itself.
      if (source.readyState === CLOSED) subscriber.error(new Error("closed"));
    };
    return () => source.close();
  });
}

/** `EventSource.CLOSED` */
const CLOSED = 2;

function withId(url: string, id: string): string {
  return id === "" ? url : `${url}${url.includes("?") ? "&" : "?"}after=${encodeURIComponent(id)}`;
}
