import { Observable, type OperatorFunction } from "rxjs";

/**
 * Lets a step emit any number of values for each source value, with state of its own per subscription.
 *
 * It is `mergeMap` to arrays without an inner subscription per value, which matters for what runs once per delta.
 *
 * ```
 * source  --a--b--c--|
 *        emitEach((emit) => (x) => { if (x !== b) { emit(x); emit(x); } })
 * result  --(aa)--(cc)-|
 * ```
 *
 * @param start called once per subscription, with what emits; returns the step
 * @returns an operator that errors when the step throws, and passes errors and completion on
 */
export function emitEach<A, B>(
  start: (emit: (value: B) => void) => (value: A) => void,
): OperatorFunction<A, B> {
  return (source) =>
    new Observable<B>((subscriber) => {
      const step = start((value) => subscriber.next(value));
      return source.subscribe({
        next: (value) => {
          try {
            step(value);
          } catch (error) {
            subscriber.error(error);
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}
