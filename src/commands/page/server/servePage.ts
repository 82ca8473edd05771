import { filter, firstValueFrom, map, merge, of, catchError, type Observable } from "rxjs";
import { stateFolder } from "../../../service/places.js";
import type { LocalRoute, ProxyServer } from "../../../transport/proxy.js";
import type { History, Message, Program } from "../../../page/messages.js";
import type { Environment } from "../../command.js";
import { codexHomeOf } from "../../wire/codexHome.js";
import { liveFeed } from "./liveFeed.js";
import { messageOf } from "./messages.js";
import { pageRoutes } from "./pageRoutes.js";
import { rereading } from "./rereading.js";
import { scanning } from "./scanning.js";
import { vitals } from "./vitals.js";
import { inWorker } from "./work/inWorker.js";

export interface ServePageOptions {
  readonly env: Environment;
  /** Whether a journal is kept. */
  readonly journal: boolean;
  /** What has to stand in the URL, where the page is for other machines too. */
  readonly token?: string | undefined;
}

/** Milliseconds for which the journal is not read again. */
const FRESH = 10_000;

/** The live page of a proxy that listens; it follows what happens there from now on. */
export function pageOf(proxy: ProxyServer, { env, journal, token }: ServePageOptions): LocalRoute {
  const { version, upstream, uptime } = proxy.health();
  const program: Program = {
    ...{ version, upstream, journal, node: process.versions.node },
    startedAt: Date.now() - uptime * 1000,
  };
  const folder = stateFolder(env);
  const scans = scanning(() =>
    inWorker({ kind: "logs", codexHome: codexHomeOf(undefined, env), now: Date.now() }),
  );
  const messages: Observable<Message> = merge(
    proxy.reports$.pipe(
      map((report) => messageOf(report)),
      filter((message) => message !== undefined),
    ),
    scans.scan$.pipe(map((scan) => ({ kind: "scan", scan }) as const)),
  );
  const readHistory = async (): Promise<History> => {
    const { port } = new URL(proxy.url ?? "http://127.0.0.1");
    const [ofJournal, warnings] = await Promise.all([
      journal ? firstValueFrom(journalOf(folder)) : undefined,
      // Only those who look at the page need what doctor knows.
      import("./warnings.js").then(({ ownWarnings }) => ownWarnings(Number(port), env)),
    ]);
    return { at: Date.now(), ...(ofJournal && { journal: ofJournal }), warnings };
  };
  return pageRoutes({
    ...{ program, token },
    feed: liveFeed(messages),
    vitals$: vitals(() => {
      const { counters, extraTokens } = proxy.health();
      return { counters: { ...counters }, ...(extraTokens && { extraTokens }) };
    }),
    history: rereading(readHistory, FRESH),
    scan: scans.start,
  });
}

/** What the journal says; `undefined` where it cannot be read. */
function journalOf(folder: string): Observable<History["journal"]> {
  return inWorker({ kind: "journal", folder, now: Date.now() }).pipe(
    filter((said) => said.kind === "done"),
    map(({ result }) => result as History["journal"]),
    catchError(() => of(undefined)),
  );
}
