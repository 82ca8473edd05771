import { onTestFinished } from "vitest";
import type { FoldOptions } from "../../../src/protocol/foldOptions.js";
import {
  DEFAULT_PROXY_OPTIONS,
  type Limits,
  type ProxyOptions,
  type Timeouts,
} from "../../../src/transport/options.js";
import { createProxyServer, type ProxyServer } from "../../../src/transport/proxy.js";

/** What a test sets of a proxy; anything else is the default. */
export type ProxySettings = Partial<
  Omit<ProxyOptions, "fold" | "timeouts" | "limits"> & {
    fold: Partial<FoldOptions>;
    timeouts: Partial<Timeouts>;
    limits: Partial<Limits>;
  }
>;

/** A proxy on a free port, gone with the test. @returns it and its base URL, which ends in `/v1` */
export async function startProxy(
  upstream: string,
  { fold, timeouts, limits, ...rest }: ProxySettings = {},
): Promise<{ proxy: ProxyServer; options: ProxyOptions; url: string }> {
  const defaults = DEFAULT_PROXY_OPTIONS;
  const options: ProxyOptions = {
    ...defaults,
    ...{ port: 0, upstream, proxy: "none" },
    fold: { ...defaults.fold, ...fold },
    timeouts: { ...defaults.timeouts, ...timeouts },
    limits: { ...defaults.limits, ...limits },
    ...rest,
  };
  const proxy = createProxyServer(options);
  onTestFinished(() => proxy.close(false));
  return { proxy, options, url: await proxy.listen() };
}
