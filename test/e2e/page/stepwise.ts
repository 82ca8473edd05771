import { deferred } from "../../transport/support/deferred.js";

/** A stream of events that the test lets go on, step by step. */
export interface Stepwise {
  readonly events: AsyncIterable<string>;
  /** Lets all go up to the first event of a type, and that one too; without a type, to the end. */
  goOn(type?: string): void;
}

export function stepwise(texts: readonly string[]): Stepwise {
  let allowed = 0;
  let change = deferred<void>();
  return {
    events: {
      async *[Symbol.asyncIterator]() {
        for (let index = 0; index < texts.length; index++) {
          while (index >= allowed) await change.promise;
          yield texts[index] ?? "";
        }
      },
    },
    goOn: (type) => {
      const next =
        type === undefined
          ? -1
          : texts.findIndex((text, at) => at >= allowed && text.includes(`"type":"${type}"`));
      allowed = next === -1 ? texts.length : next + 1;
      change.resolve();
      change = deferred<void>();
    },
  };
}
