import { DEFAULT_FOLD_OPTIONS } from "../../protocol/foldOptions.js";
import { DEFAULT_PROXY_OPTIONS, type ProxyOptions } from "../../transport/options.js";
import type { FlagValues } from "../command.js";
import type { runFlags } from "./runFlags.js";

export type RunFlags = FlagValues<typeof runFlags>;

/** The proxy's options as the command line gave them. */
export function toProxyOptions(flags: RunFlags): ProxyOptions {
  const { limits, timeouts } = DEFAULT_PROXY_OPTIONS;
  return {
    host: flags.host,
    port: flags.port,
    allowRemote: flags.allowRemote,
    upstream: flags.upstream,
    upstreamTransport: flags.upstreamTransport,
    proxy: flags.proxy,
    caFile: flags.caFile,
    fold: {
      ...DEFAULT_FOLD_OPTIONS,
      mode: flags.mode,
      models: list(flags.models),
      minTier: flags.minN,
      maxTier: flags.maxN,
      maxContinue: flags.maxContinue,
      maxBilledTokens: flags.maxBilledTokens ?? 0,
      nudge: flags.markerText ?? DEFAULT_FOLD_OPTIONS.nudge,
      hold: flags.hold,
      liveModels: list(flags.liveModels),
      keepAliveSeconds: flags.keepAliveSeconds,
    },
    timeouts: {
      ...timeouts,
      connect: flags.connectTimeout,
      firstByte: flags.firstByteTimeout,
      idle: flags.idleTimeout,
    },
    limits: { ...limits, historyBytes: flags.maxHistoryBytes },
  };
}

function list(globs: string): string[] {
  return globs
    .split(",")
    .map((glob) => glob.trim())
    .filter((glob) => glob !== "");
}
