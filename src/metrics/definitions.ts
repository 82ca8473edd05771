/** What a metric is called, what it counts, and by what. */
export interface MetricDefinition {
  /** As Prometheus has it: `codexcomp_` in front, base units, `_total` behind what only grows. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Each has a bounded set of values. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** From the first words of a short answer to a turn of half an hour. */
const TURN_SECONDS = [0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1800];
const HOLD_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300];

/** All that `GET /metrics` says of turns; docs/metrics.md is made of it. Metrics of the process come on top. */
export const METRICS = {
  build: {
    name: "codexcomp_build_info",
    type: "gauge",
    help: "Always 1; the labels are the version that runs and, where it has one, its name (--instance).",
    labels: ["version", "name"],
  },
  turns: {
    name: "codexcomp_turns_total",
    type: "counter",
    help: "Turns that are over, by how they ended for the client; aborted: the client left; lost: the upstream died without a terminal.",
    labels: ["model", "transport", "outcome"],
  },
  folds: {
    name: "codexcomp_folds_total",
    type: "counter",
    help: "Turns of more than one round, by why they stopped where they did: natural is cured.",
    labels: ["model", "stop"],
  },
  rounds: {
    name: "codexcomp_rounds_total",
    type: "counter",
    help: "Upstream responses by verdict (continue or final) and its reason; a reason of your own counts as own.",
    labels: ["model", "verdict", "reason"],
  },
  truncated: {
    name: "codexcomp_truncated_rounds_total",
    type: "counter",
    help: "Rounds that ended on the fingerprint, 518n-2 reasoning tokens, continued or not.",
    labels: ["model"],
  },
  decided: {
    name: "codexcomp_decided_rounds_total",
    type: "counter",
    help: "Rounds with an answer or a call that might have been cut: output is live where the size of the reasoning said that it was not, held where it could not tell.",
    labels: ["model", "output"],
  },
  missed: {
    name: "codexcomp_missed_rounds_total",
    type: "counter",
    help: "Rounds that went out live although they were cut.",
    labels: ["model"],
  },
  tokens: {
    name: "codexcomp_tokens_total",
    type: "counter",
    help: "Tokens by kind. thinking: reasoning of all rounds; answer: the other output of the round that the client got; extra: all that continuations took, input and thinking included, as in codexcomp stats. extra overlaps the others, so do not add kinds up.",
    labels: ["model", "kind"],
  },
  turnSeconds: {
    name: "codexcomp_turn_seconds",
    type: "histogram",
    help: "Seconds from a request to the end of its turn.",
    labels: ["model"],
    buckets: TURN_SECONDS,
  },
  firstWordSeconds: {
    name: "codexcomp_first_word_seconds",
    type: "histogram",
    help: "Seconds from a request to the first of the answer, or of a call, that went out to the client.",
    labels: ["model"],
    buckets: TURN_SECONDS,
  },
  holdSeconds: {
    name: "codexcomp_hold_seconds",
    type: "histogram",
    help: "Seconds for which a round's output was held until its verdict, or until more was held than fits.",
    labels: ["model"],
    buckets: HOLD_SECONDS,
  },
  openTurns: {
    name: "codexcomp_open_turns",
    type: "gauge",
    help: "Turns that are running.",
    labels: [],
  },
  openConnections: {
    name: "codexcomp_open_connections",
    type: "gauge",
    help: "Connections of clients that are open: http, the scrape's own among them, or websocket.",
    labels: ["protocol"],
  },
  extraSpent: {
    name: "codexcomp_extra_tokens_day_spent",
    type: "gauge",
    help: "What continuations took in the last 24 hours, in tokens, other processes with the same journal included; only where --max-extra-tokens-per-day limits it.",
    labels: [],
  },
  extraLimit: {
    name: "codexcomp_extra_tokens_day_limit",
    type: "gauge",
    help: "The limit, --max-extra-tokens-per-day; once as much is spent, turns are only observed.",
    labels: [],
  },
  limitUsed: {
    name: "codexcomp_rate_limit_used_ratio",
    type: "gauge",
    help: "What is used up of an allowance's window, 0 to 1, as the upstream said it last of any login; gone once the window has begun anew.",
    labels: ["limit", "window"],
  },
  limitWindow: {
    name: "codexcomp_rate_limit_window_seconds",
    type: "gauge",
    help: "How long the window is.",
    labels: ["limit", "window"],
  },
  limitReset: {
    name: "codexcomp_rate_limit_reset_timestamp_seconds",
    type: "gauge",
    help: "When the window begins anew, in seconds since 1970.",
    labels: ["limit", "window"],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
