import { BehaviorSubject, auditTime, combineLatest, lastValueFrom, tap } from "rxjs";
import { DEFAULT_PROXY_OPTIONS } from "../../transport/options.js";
import { createProxyServer } from "../../transport/proxy.js";
import type { Invocation, Output } from "../command.js";
import { createLog, logReport } from "../run/log.js";
import { drawingOn } from "../terminal/guarded.js";
import { styleFor } from "../terminal/style.js";
import { widthOf } from "../terminal/wrap.js";
import { ask, type Seen } from "./ask.js";
import { draw } from "./draw.js";
import { QUESTION, RIGHT, playUpstream } from "./scene.js";

/** Milliseconds between two pictures on a terminal. */
const FRAME = 80;

/** Asks directly and through a proxy, and shows both. @returns the exit code */
export async function showDemo({ stdout, stderr, env, signal }: Invocation): Promise<number> {
  const upstream = await playUpstream();
  const proxy = createProxyServer({ ...DEFAULT_PROXY_OPTIONS, port: 0, upstream: `${upstream.url}/v1` });
  const url = await proxy.listen();
  const style = styleFor(stdout, env);
  const lines: string[] = [];
  const log = createLog({
    level: "info",
    format: "text",
    output: { write: (line) => lines.push(line) },
    env,
  });
  proxy.reports$.subscribe((report) => logReport(log, report));
  const stop = (): void => void upstream.close();
  signal.addEventListener("abort", stop, { once: true });

  const direct = new BehaviorSubject<Seen | undefined>(undefined);
  const folded = new BehaviorSubject<Seen | undefined>(undefined);
  const picture = (): string[] => draw(direct.value, folded.value, widthOf(stdout), style);
  const repaint = painter(stdout);
  stderr.write("A simulated upstream plays a model that is cut as gpt-5.5 is; no account, no network.\n");
  const watching = combineLatest([direct, folded])
    .pipe(auditTime(FRAME))
    .subscribe(() => stdout.isTTY && repaint(picture()));
  try {
    await Promise.all([
      lastValueFrom(ask(`${upstream.url}/v1`, QUESTION).pipe(tap((seen) => direct.next(seen)))),
      lastValueFrom(ask(url, QUESTION).pipe(tap((seen) => folded.next(seen)))),
    ]);
  } finally {
    watching.unsubscribe();
    await proxy.close(false);
    await upstream.close();
  }
  repaint(picture());
  stdout.write(
    `What codexcomp logged:\n${lines.join("")}\nTo use it: codexcomp codex, wherever you would say codex. Always on: codexcomp wire.\n`,
  );
  return folded.value?.answer.startsWith(RIGHT) ? 0 : 1;
}

/** Paints over what it painted before. */
function painter(output: Output): (lines: readonly string[]) => void {
  let painted = 0;
  return (lines) => {
    const up = painted === 0 ? "" : `\x1b[${painted}A`;
    drawingOn(output).write(up + lines.map((line) => `${output.isTTY ? "\x1b[2K" : ""}${line}\n`).join(""));
    painted = lines.length;
  };
}
