import { Observable, Subject, Subscription } from "rxjs";
import type { MonoTypeOperatorFunction, Observer, Subscriber } from "rxjs";
import { isTerminal, type ResponseEvent } from "../protocol/event.js";
import { pendingEvents } from "./pendingEvents.js";

/**
 * Applies somebody else's operator so that its failure ends only its own effect; `customOperators` says how.
 *
 * It stands between a hot input and the stream, so that the source goes on when the operator is gone. The source is
 * subscribed to when the operator listens, or has failed: one that begins late misses nothing, and one that never
 * listens sends nothing upstream.
 *
 * @param operate applied once a subscription
 * @param onFailure told once a subscription what the operator threw, whenever that was: at its creation, on an event,
 *   later, or while it was being torn down
 * @returns an operator that passes the source's own errors on
 */
export function guardOperator(
  operate: MonoTypeOperatorFunction<ResponseEvent>,
  onFailure: (error: unknown) => void,
): MonoTypeOperatorFunction<ResponseEvent> {
  return (source) =>
    new Observable((subscriber) => {
      const input = new Subject<ResponseEvent>();
      const pending = pendingEvents();
      const operation = new Subscription();
      /** The operator has been put in place. */
      let applied = false;
      let connected = false;
      let removed = false;
      let hasTerminal = false;
      /** How the source ended. */
      let ended: { readonly error?: unknown } | undefined;

      const connect = (): void => {
        if (connected || subscriber.closed) return;
        connected = true;
        subscriber.add(
          source.subscribe({
            next: (event) => {
              if (removed) return subscriber.next(event);
              pending.enter(event);
              attempt(() => input.next(event));
            },
            error: (error: unknown) => {
              ended = { error };
              if (removed) subscriber.error(error);
              else attempt(() => input.error(error));
            },
            complete: () => {
              ended = {};
              if (removed) return subscriber.complete();
              attempt(() => input.complete());
              endIfOver();
            },
          }),
        );
      };
      /** The client has it all: whatever the operator still waits for must not keep the next turn waiting. */
      const endIfOver = (): void => {
        if (ended && !("error" in ended) && hasTerminal && pending.rest().length === 0) subscriber.complete();
      };
      const remove = (error: unknown): void => {
        if (removed) return;
        removed = true;
        onFailure(error);
        attempt(() => operation.unsubscribe());
        pending.rest().forEach((event) => subscriber.next(event));
        if (!ended) connect();
        else if ("error" in ended) subscriber.error(ended.error);
        else subscriber.complete();
      };
      const attempt = (step: () => void): void => {
        try {
          step();
        } catch (error) {
          remove(error);
        }
      };

      subscriber.add(() => attempt(() => operation.unsubscribe()));
      attempt(() => {
        const handed = observable(input, () => applied && connect(), remove);
        operation.add(
          operate(handed).subscribe({
            next: (event) => {
              pending.leave(event);
              hasTerminal ||= isTerminal(event);
              subscriber.next(event);
              endIfOver();
            },
            error: (error: unknown) => {
              if (ended && "error" in ended && error === ended.error) subscriber.error(error);
              else remove(error);
            },
            complete: () => subscriber.complete(),
          }),
        );
      });
      applied = true;
      if (input.observed) connect();
    });
}

type Observing = Partial<Observer<ResponseEvent>>;
type Handler<T = void> = ((value: T) => void) | null | undefined;
type SubscribeArguments =
  | readonly [observer?: Observing]
  | readonly [next?: Handler<ResponseEvent>, error?: Handler<unknown>, complete?: Handler];

/**
 * What an operator is given to subscribe to.
 *
 * @param onSubscribe called after each subscription
 * @param onThrow told of what a plain observer throws: RxJS would throw it at the process
 */
function observable(
  input: Subject<ResponseEvent>,
  onSubscribe: () => void,
  onThrow: (error: unknown) => void,
): Observable<ResponseEvent> {
  const stream = input.asObservable();
  const subscribe = stream.subscribe.bind(stream);
  const catching =
    <T extends unknown[]>(handler: (...values: T) => void) =>
    (...values: T): void => {
      try {
        handler(...values);
      } catch (error) {
        onThrow(error);
      }
    };
  const subscribing = (...args: SubscribeArguments): Subscription => {
    const given = toObserver(args);
    const subscription = subscribe(
      isSubscriber(given)
        ? given
        : {
            next: catching((event) => given.next?.(event)),
            // An observer without a handler would leave its operator's stream hanging.
            error: catching((error) => (given.error ? given.error(error) : onThrow(error))),
            complete: catching(() => given.complete?.()),
          },
    );
    onSubscribe();
    return subscription;
  };
  return Object.assign(stream, { subscribe: subscribing });
}

function toObserver([first, error, complete]: SubscribeArguments): Observing {
  if (typeof first === "object" && first !== null) return first;
  return { ...(first && { next: first }), ...(error && { error }), ...(complete && { complete }) };
}

/** RxJS' own operators handle errors themselves. They may be of another copy of RxJS: the user's. */
function isSubscriber(observer: Observing): observer is Subscriber<ResponseEvent> {
  return "add" in observer;
}
