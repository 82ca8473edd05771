import { FOLDED_BY_DEFAULT } from "../../protocol/knownModels.js";
import { configRules as rules } from "../../options/rules.js";
import type { FlagTable } from "../command.js";

/** `--use`: wherever turns go through the pipeline, they can go through users' operators. */
export const useFlag = {
  type: "string",
  value: "PATH",
  repeatable: true,
  completes: "file",
  describes: "a module with an operator of your own",
} as const;

/** Where to listen and where to forward to. */
const connection = {
  host: { type: "string", value: "ADDRESS", default: "127.0.0.1", describes: "the address to listen on" },
  port: {
    common: true,
    type: "number",
    value: "PORT",
    default: 8787,
    allowed: rules.port,
    describes: "the port to listen on",
  },
  autoPort: {
    type: "boolean",
    describes: "where the port is taken, use a free one and print the openai_base_url for Codex",
  },
  allowRemote: { type: "boolean", describes: "permit an address that other machines can reach" },
  allowHost: {
    type: "string",
    value: "NAME",
    repeatable: true,
    describes: "a name that clients call the proxy by, beside its address and localhost",
  },
  upstream: {
    common: true,
    type: "string",
    value: "URL",
    default: "auto",
    allowed: rules.upstream,
    describes: "where requests go; auto tells ChatGPT logins and API keys apart",
  },
  upstreamTransport: {
    type: "string",
    choices: ["auto", "sse"],
    default: "auto",
    describes: "auto relays WebSocket to WebSocket; sse turns everything into POST requests",
  },
  proxy: {
    type: "string",
    value: "URL",
    allowed: rules.proxy,
    describes: "a proxy on the way to the upstream, instead of HTTPS_PROXY and its relatives",
  },
  caFile: {
    type: "string",
    value: "PATH",
    completes: "file",
    describes: "a PEM file of certificate authorities to trust besides the usual ones",
  },
} as const satisfies FlagTable;

/** Which rounds are continued, and how far. */
const folding = {
  mode: {
    common: true,
    type: "string",
    choices: ["fold", "observe", "off"],
    default: "fold",
    describes: "fold cut responses; only observe them; or forward and nothing else",
  },
  models: {
    common: true,
    type: "string",
    value: "GLOBS",
    default: FOLDED_BY_DEFAULT.join(","),
    describes: "models to fold, separated by commas; of others, cut rounds are only counted and reported",
  },
  minN: {
    type: "number",
    default: 1,
    allowed: rules.minN,
    describes: "the lowest tier n (reasoning cut at 518n-2 tokens) to continue",
  },
  maxN: {
    type: "number",
    default: 6,
    allowed: rules.maxN,
    describes: "the highest tier to continue",
  },
  maxContinue: {
    common: true,
    type: "number",
    default: 3,
    allowed: rules.maxContinue,
    describes: "the most continuations of one turn",
  },
  maxBilledTokens: {
    type: "number",
    allowed: rules.maxBilledTokens,
    describes: "continue no further where a turn would pass this many billed tokens",
  },
  maxExtraTokensPerDay: {
    type: "number",
    value: "TOKENS",
    default: 0,
    allowed: rules.maxExtraTokensPerDay,
    describes: "continue no further where continuations of 24 hours have cost as much; 0 for no limit",
  },
  markerText: { type: "string", value: "TEXT", describes: "what the nudge says, instead of its usual words" },
  hold: {
    type: "string",
    choices: ["adaptive", "always"],
    default: "adaptive",
    describes: "adaptive shows answers live where the size of the reasoning says it was not cut",
  },
  liveModels: {
    type: "string",
    value: "GLOBS",
    default: "gpt-5.4*,gpt-5.5*,gpt-5.6*",
    describes: "models whose reasoning sizes are known well enough for adaptive holding",
  },
} as const satisfies FlagTable;

/** Time and memory. */
const limits = {
  keepAliveSeconds: {
    type: "number",
    value: "SECONDS",
    default: 15,
    allowed: rules.keepAliveSeconds,
    describes: "how long the client may hear nothing while output is held",
  },
  connectTimeout: {
    type: "number",
    value: "SECONDS",
    default: 30,
    allowed: rules.connectTimeout,
    describes: "how long connecting to the upstream may take",
  },
  firstByteTimeout: {
    type: "number",
    value: "SECONDS",
    default: 300,
    allowed: rules.firstByteTimeout,
    describes: "how long the upstream may take to answer",
  },
  idleTimeout: {
    type: "number",
    value: "SECONDS",
    default: 300,
    allowed: rules.idleTimeout,
    describes: "how long the upstream may be silent in the middle of an answer",
  },
  drainTimeout: {
    type: "number",
    value: "SECONDS",
    default: 5,
    allowed: rules.drainTimeout,
    describes: "how long running turns have to finish, when told to stop",
  },
  maxHistoryBytes: {
    type: "number",
    value: "BYTES",
    default: 64 * 1024 * 1024,
    allowed: rules.maxHistoryBytes,
    describes: "the history kept for one WebSocket connection; past it, its turns are not folded",
  },
} as const satisfies FlagTable;

/** What is written down, and what is added. */
const extras = {
  config: {
    type: "string",
    value: "PATH",
    completes: "file",
    describes: "a config file, instead of codexcomp.config.{js,mjs,ts} in your config folder",
  },
  use: useFlag,
  record: {
    type: "string",
    value: "DIR",
    completes: "directory",
    describes: "record every turn into this folder, conversations and all, without credentials",
  },
  recordRedact: {
    type: "boolean",
    describes: "record filler of the same length instead of texts, so that recordings can be shared",
  },
  instance: {
    type: "string",
    value: "NAME",
    allowed: rules.instance,
    describes: "what this one is called among many, in JSON log lines, /healthz and /metrics",
  },
  metrics: {
    type: "string",
    choices: ["local", "all", "off"],
    default: "local",
    describes: "who may scrape /metrics: programs on this machine, whoever can reach the proxy, or nobody",
  },
  noJournal: { type: "boolean", describes: 'keep no journal of turns (what "codexcomp stats" reads)' },
  noPage: { type: "boolean", describes: "serve no live page (see codexcomp page)" },
  page: {
    type: "boolean",
    describes: "serve the live page with --allow-remote too, to those who have its address",
  },
  logLevel: {
    common: true,
    type: "string",
    choices: ["error", "warn", "info", "debug"],
    default: "info",
    describes: "how much to log on stderr",
  },
  logFormat: {
    type: "string",
    choices: ["text", "json"],
    default: "text",
    describes: "log lines for people or for machines",
  },
} as const satisfies FlagTable;

/** The flags of `codexcomp run`; `install-service` takes the same ones. */
export const runFlags = { ...connection, ...folding, ...limits, ...extras } as const satisfies FlagTable;
