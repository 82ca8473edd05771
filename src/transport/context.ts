import type { Subject } from "rxjs";
import type { UserOperatorHooks } from "../operators/userOperators.js";
import type { Recorder } from "../recordings/recorder.js";
import type { Report } from "../reports/turnReport.js";
import type { ProxyOptions } from "./options.js";
import type { ResponseAliases } from "./responseAliases.js";
import type { Upstream } from "./upstream/send.js";

/** What the requests of one proxy share. */
export interface ProxyContext {
  readonly options: ProxyOptions;
  readonly upstream: Upstream;
  readonly aliases: ResponseAliases;
  readonly reports: Subject<Report>;
  /** Records turns, where that is wanted. */
  readonly recorder: Recorder | undefined;
  /** Users' operators, and the log they write to. */
  readonly users: Pick<UserOperatorHooks, "operators" | "log">;
  /** Bytes under which a model's thought was not cut, as far as all turns so far have shown. */
  readonly liveLimit: (model: string) => number | undefined;
}
