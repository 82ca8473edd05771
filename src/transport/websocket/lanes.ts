import {
  concatMap,
  defer,
  finalize,
  groupBy,
  mergeMap,
  tap,
  type Observable,
  type OperatorFunction,
} from "rxjs";
import { editJson } from "../../protocol/jsonText.js";
import type { Client } from "./client.js";
import type { CreateFrame } from "./createFrame.js";
import type { Feeder } from "./flow.js";

export interface LanesOptions<T> {
  /** One turn. It must not error: that would end all others. */
  readonly run: (frame: CreateFrame) => Observable<T>;
  /** Bytes of frames that may wait for their turn before the client has to. */
  readonly limit: number;
  readonly client: Feeder;
  /** Hears of every frame when it comes, and when its turn is over. */
  readonly turns: Pick<Client, "began" | "ended">;
}

/**
 * Runs turns: those of one lane one after the other, as the upstream would; lanes side by side.
 *
 * ```
 * frames  --a1-b1-a2--------|
 *        inLanes({ run })
 * result  ---x1-y1-x1-y1-x2-|       x1: what turn a1 emits
 * ```
 */
export function inLanes<T>({ run, limit, client, turns }: LanesOptions<T>): OperatorFunction<CreateFrame, T> {
  return (frames) =>
    defer(() => {
      let waiting = 0;
      let paused = false;
      const flow = (bytes: number): void => {
        waiting += bytes;
        if (paused === waiting > limit) return;
        paused = !paused;
        if (paused) client.pause();
        else client.resume();
      };
      const begin = (frame: CreateFrame): Observable<T> => {
        flow(-frame.text.length);
        return run(frame).pipe(finalize(turns.ended));
      };
      return frames.pipe(
        tap((frame) => {
          turns.began();
          flow(frame.text.length);
        }),
        groupBy(({ lane }) => lane),
        mergeMap((lane) => lane.pipe(concatMap((frame) => defer(() => begin(frame))))),
      );
    });
}

/** An event's text with the lane it belongs to. */
export function tagged(text: string, lane: string): string {
  return lane === "" ? text : editJson(text, [{ path: ["stream_id"], raw: JSON.stringify(lane) }]);
}
