import { seconds, wholeNumber } from "../../options/allowed.js";
import { TASKS } from "../../evaluation/tasks/index.js";
import { WORLDS } from "../../evaluation/rehearsal/worlds.js";
import type { FlagTable, FlagValues } from "../command.js";
import { runFlags } from "../run/runFlags.js";
import { codexHomeFlag } from "../wire/codexHome.js";

/** What is compared, and on what. */
const experiment = {
  model: {
    type: "string",
    value: "MODELS",
    describes: "the models, separated by commas; default: the one in Codex' config.toml",
  },
  effort: {
    type: "string",
    value: "EFFORTS",
    describes: "the reasoning efforts, separated by commas; default: Codex' own",
  },
  pairs: {
    type: "number",
    default: 12,
    allowed: wholeNumber(1, 10_000),
    describes: "puzzles for each model and effort, each asked twice",
  },
  tasks: {
    type: "string",
    value: "NAMES",
    describes: `the families of puzzles, separated by commas; default: ${TASKS.map(({ name }) => name).join(",")}`,
  },
  task: {
    type: "string",
    value: "FILE",
    repeatable: true,
    completes: "file",
    describes: "a module with puzzles of your own: generate(seed) and grade(text, puzzle)",
  },
  difficulty: {
    type: "number",
    default: 3,
    allowed: wholeNumber(1, 5),
    describes: "how hard the puzzles are",
  },
  seed: {
    type: "number",
    default: 1,
    allowed: wholeNumber(0, 2 ** 31 - 1),
    describes: "another number, other puzzles",
  },
} as const satisfies FlagTable;

/** How it is run. */
const course = {
  parallel: { type: "number", default: 2, allowed: wholeNumber(1, 64), describes: "pairs at the same time" },
  budgetTokens: {
    type: "number",
    allowed: wholeNumber(1),
    describes: "begin no further pair where it would pass this many tokens in all",
  },
  timeout: {
    type: "number",
    value: "SECONDS",
    default: 900,
    allowed: seconds(1),
    describes: "how long one run may take; longer counts as not right",
  },
  yes: { type: "boolean", describes: "do not ask before tokens are spent" },
  upstream: runFlags.upstream,
  proxy: runFlags.proxy,
  caFile: runFlags.caFile,
  ...codexHomeFlag,
  rehearse: { type: "boolean", describes: "against a simulated upstream: no account, no network, no cost" },
  world: {
    type: "string",
    choices: WORLDS,
    default: "helps",
    describes: "what the model of a rehearsal is like",
  },
} as const satisfies FlagTable;

/** What is kept and shown. */
const outcome = {
  out: {
    type: "string",
    value: "DIR",
    completes: "directory",
    describes: "where results.jsonl is kept and read again; default: in the state folder",
  },
  keepTranscripts: { type: "boolean", describes: "keep all that Codex printed, there too" },
  json: { type: "boolean", describes: "print one JSON object" },
  html: { type: "string", value: "FILE", completes: "file", describes: "write a page with charts" },
} as const satisfies FlagTable;

export const evalFlags = { ...experiment, ...course, ...outcome } as const satisfies FlagTable;

export type EvalFlags = FlagValues<typeof evalFlags>;
