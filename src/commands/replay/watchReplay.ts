import { Subject } from "rxjs";
import type { OperatorContext } from "../../operators/customOperators.js";
import type { UserOperators } from "../../operators/userOperators.js";
import type { ResponseEvent } from "../../protocol/event.js";
import { howEnded, isSameOutcome, type ClientStream } from "../../recordings/compare.js";
import type { Recording } from "../../recordings/recording.js";
import { replayRequest, replayTurn, type Speed } from "../../recordings/replay.js";
import { recordTurn, type Report, type TransportName, type TurnReport } from "../../reports/turnReport.js";

export interface WatchOptions {
  readonly operators: UserOperators;
  readonly speed: Speed;
  readonly log: OperatorContext["log"];
  readonly onEvent: (event: ResponseEvent) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What came of a recording. */
export interface Replayed {
  readonly recording: Recording;
  readonly client: ClientStream;
  readonly report: TurnReport;
  /** Whether the client would get what it got; `undefined` where that was not recorded. */
  readonly same: boolean | undefined;
}

/** Replays a recording to its end. @throws the signal's reason when it is aborted */
export async function watchReplay(recording: Recording, options: WatchOptions): Promise<Replayed> {
  const { operators, speed, log, onEvent, signal } = options;
  const reports = new Subject<Report>();
  let report: TurnReport | undefined;
  reports.subscribe((told) => {
    if (told.kind === "turn") report = told.report;
  });
  const transport = (recording.turn?.transport ?? "http") as TransportName;
  const recorder = recordTurn(replayRequest(recording), transport, reports);
  const events: ResponseEvent[] = [];
  const hooks = { operators, log, observe: recorder.observe };

  const how = await new Promise<ClientStream["how"]>((resolve, reject) => {
    const stop = (): void => {
      running.unsubscribe();
      reject(signal.reason as Error);
    };
    if (signal.aborted) return reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    const end = (ending: ClientStream["how"], failure?: unknown): void => {
      signal.removeEventListener("abort", stop);
      recorder.finish(failure);
      resolve(ending);
    };
    const running = replayTurn(recording, hooks, speed).subscribe({
      next: (event) => {
        events.push(event);
        onEvent(event);
      },
      complete: () => end("completed"),
      error: (error: unknown) => end(howEnded(error), error),
    });
  });
  const client = { events, how };
  return {
    recording,
    client,
    report: report as TurnReport,
    same: recording.client && isSameOutcome(recording.client, client),
  };
}
