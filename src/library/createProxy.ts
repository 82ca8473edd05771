import { proxyOptions } from "../options/proxyOptions.js";
import type { ProxySettings } from "../options/settings.js";
import { InvalidOption } from "../options/validate.js";
import { isLoopback } from "../transport/downstream/guard.js";
import { createProxyServer, type Proxy } from "../transport/proxy.js";
import { UnusableNetwork } from "../transport/upstream/network/proxyUrl.js";

/**
 * Makes what `codexcomp run` runs; it does nothing before `listen()`. It logs nothing: `turns$` and `reports$` tell
 * what happens. `HTTPS_PROXY` and its relatives count, other variables and config files do not.
 *
 * ```ts
 * const proxy = createProxy({ port: 0, maxContinue: 5 });
 * console.log(await proxy.listen()); // for Codex' openai_base_url
 * proxy.turns$.subscribe(({ model, rounds, billed }) => console.log(model, rounds.length, billed.total));
 * ```
 *
 * @param settings all optional, named like the flags of `codexcomp run`
 * @throws {@link InvalidOption} naming the option, its value and what is allowed
 */
export function createProxy(settings: ProxySettings = {}): Proxy {
  const options = proxyOptions(settings);
  if (!options.allowRemote && !isLoopback(options.host)) {
    throw new InvalidOption(
      `host must be an address of this machine alone, such as 127.0.0.1, unless allowRemote is true, not "${options.host}"`,
    );
  }
  if (options.recordRedact && options.record === undefined) {
    throw new InvalidOption("recordRedact says how to record, and record, which is not given, where");
  }
  try {
    return createProxyServer(options);
  } catch (error) {
    throw error instanceof UnusableNetwork ? new InvalidOption(asOptions(error.message)) : error;
  }
}

/** The command line's words for options, in the library's. */
function asOptions(message: string): string {
  return message.replaceAll("--proxy", "the option proxy").replaceAll("--ca-file", "the option caFile");
}
