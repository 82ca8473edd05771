import type { Invocation } from "../command.js";
import { announce, announceModules } from "./announce.js";
import { whenHungUp } from "./hangup.js";
import { createLog } from "./log.js";
import { inheritedSocket } from "./inheritedSocket.js";
import { offerPage } from "./offerPage.js";
import { reload } from "./reload.js";
import { startProxy } from "./startProxy.js";
import { userModules, type RunFlags } from "./userModules.js";

/** Runs the proxy until the signal. @returns the exit code */
export async function serve({ flags, sources, stderr, env, signal }: Invocation<RunFlags>): Promise<number> {
  const modules = userModules({ flags, sources, env }, process.cwd());
  const settings = await modules.read();
  const { logLevel: level, logFormat: format, instance } = settings;
  const log = createLog({ level, format, output: stderr, env, instance });
  const started = await startProxy(settings, { env, log, inherited: inheritedSocket(env) });
  if (!started) return 1;
  const { proxy, options, url } = started;
  announce(started, log);
  log("info", `Codex uses it with this line at the top of config.toml: openai_base_url = "${url}"`);
  offerPage(proxy, settings, options, env, log);
  announceModules(modules, options, env, log);
  const hangups =
    modules.names.length > 0 ? whenHungUp(reload({ modules, settings, proxy, log })) : undefined;

  await Promise.race([aborted(signal), ...(hangups ? [hangups.terminalGone] : [])]);
  hangups?.ignore();
  const { open } = proxy.health().counters;
  log(
    "info",
    open === 0 ? "stopping" : `stopping: ${open} turn(s) have ${options.timeouts.drain} s to finish`,
  );
  await started.stop();
  return 0;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
