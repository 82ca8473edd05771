import { DEFAULT_FOLD_OPTIONS, type FoldOptions } from "../protocol/foldOptions.js";
import { DEFAULT_PROXY_OPTIONS, type ProxyOptions } from "../transport/options.js";
import { foldRules, proxyRules } from "./rules.js";
import type { FoldSettings, ProxySettings } from "./settings.js";
import { validate } from "./validate.js";

/**
 * A proxy's options, checked and complete.
 *
 * @throws {InvalidOption}
 */
export function proxyOptions(settings: ProxySettings = {}): ProxyOptions {
  validate(settings, proxyRules);
  return toProxyOptions(settings);
}

/** A proxy's options, complete; of settings that have been checked. */
export function toProxyOptions(settings: ProxySettings): ProxyOptions {
  const usual = DEFAULT_PROXY_OPTIONS;
  return {
    host: settings.host ?? usual.host,
    port: settings.port ?? usual.port,
    allowRemote: settings.allowRemote ?? usual.allowRemote,
    allowHost: settings.allowHost ?? usual.allowHost,
    upstream: settings.upstream ?? usual.upstream,
    upstreamTransport: settings.upstreamTransport ?? usual.upstreamTransport,
    proxy: settings.proxy,
    caFile: settings.caFile,
    fold: toFoldOptions(settings),
    maxExtraTokensPerDay: settings.maxExtraTokensPerDay ?? usual.maxExtraTokensPerDay,
    operators: settings.operators,
    instance: settings.instance,
    metrics: settings.metrics ?? usual.metrics,
    record: settings.record,
    recordRedact: settings.recordRedact,
    timeouts: {
      ...usual.timeouts,
      connect: settings.connectTimeout ?? usual.timeouts.connect,
      firstByte: settings.firstByteTimeout ?? usual.timeouts.firstByte,
      idle: settings.idleTimeout ?? usual.timeouts.idle,
      drain: settings.drainTimeout ?? usual.timeouts.drain,
    },
    limits: { ...usual.limits, historyBytes: settings.maxHistoryBytes ?? usual.limits.historyBytes },
  };
}

/**
 * The fold's options, checked and complete.
 *
 * @throws {InvalidOption}
 */
export function foldOptions(settings: FoldSettings = {}): FoldOptions {
  validate(settings, foldRules);
  return toFoldOptions(settings);
}

function toFoldOptions(settings: FoldSettings): FoldOptions {
  const usual = DEFAULT_FOLD_OPTIONS;
  return {
    mode: settings.mode ?? usual.mode,
    models: settings.models ?? usual.models,
    minTier: settings.minN ?? usual.minTier,
    maxTier: settings.maxN ?? usual.maxTier,
    maxContinue: settings.maxContinue ?? usual.maxContinue,
    maxBilledTokens: settings.maxBilledTokens ?? usual.maxBilledTokens,
    nudge: settings.nudge ?? usual.nudge,
    continueWhen: settings.continueWhen,
    maxHeldBytes: usual.maxHeldBytes,
    hold: settings.hold ?? usual.hold,
    liveModels: settings.liveModels ?? usual.liveModels,
    keepAliveSeconds: settings.keepAliveSeconds ?? usual.keepAliveSeconds,
  };
}
