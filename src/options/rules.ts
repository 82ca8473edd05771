import {
  either,
  functionOf,
  oneOf,
  seconds,
  text,
  texts,
  urlOr,
  wholeNumber,
  yesOrNo,
  type Allowed,
} from "./allowed.js";
import type { Config, FoldSettings, ProxySettings } from "./settings.js";

type Rules<T> = { readonly [K in keyof T]-?: Allowed };

/** What the fold's settings may be. */
export const foldRules: Rules<FoldSettings> = {
  mode: oneOf(["fold", "observe", "off"]),
  models: texts,
  minN: wholeNumber(1),
  maxN: wholeNumber(0, undefined, "0 for no cap"),
  maxContinue: wholeNumber(0),
  maxBilledTokens: wholeNumber(0, undefined, "0 for no limit"),
  nudge: either(text, functionOf("({ round, reason }) => string | object")),
  continueWhen: functionOf("({ round, model, effort, usage }) => boolean | string"),
  hold: oneOf(["adaptive", "always"]),
  liveModels: texts,
  keepAliveSeconds: seconds(0, "0 for never"),
};

/** What a proxy's settings may be. */
export const proxyRules: Rules<ProxySettings> = {
  ...foldRules,
  host: text,
  port: wholeNumber(0, 65535, "0 for any free one"),
  allowRemote: yesOrNo,
  allowHost: texts,
  upstream: urlOr(["auto"], ["http", "https"]),
  upstreamTransport: oneOf(["auto", "sse"]),
  proxy: urlOr(["none"], ["http", "https", "socks5", "socks5h"]),
  caFile: text,
  connectTimeout: seconds(0, "0 for none"),
  firstByteTimeout: seconds(0, "0 for none"),
  idleTimeout: seconds(0, "0 for none"),
  drainTimeout: seconds(0, "0 for none"),
  maxHistoryBytes: wholeNumber(0),
  maxExtraTokensPerDay: wholeNumber(0, undefined, "0 for no limit"),
  instance: text,
  metrics: oneOf(["local", "all", "off"]),
  record: text,
  recordRedact: yesOrNo,
  operators: {
    words: "an object with lists of operators, round and response",
    accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  },
};

/** What a config file may hold. */
export const configRules: Rules<Config> = {
  ...proxyRules,
  autoPort: yesOrNo,
  noJournal: yesOrNo,
  noPage: yesOrNo,
  page: yesOrNo,
  logLevel: oneOf(["error", "warn", "info", "debug"]),
  logFormat: oneOf(["text", "json"]),
};
