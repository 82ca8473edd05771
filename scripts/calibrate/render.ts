import { count, share } from "../../src/commands/terminal/numbers.js";
import type { Style } from "../../src/commands/terminal/style.js";
import { right, table } from "../../src/commands/terminal/table.js";
import { wrap } from "../../src/commands/terminal/wrap.js";
import { LIMITS, type Calibration } from "./calibration.js";
import { plot } from "./plot.js";
import type { SizedResponse } from "./sized.js";

const RULE_LIMIT = 2000;

/** The calibration as text for people. @param source where the responses are from, in words */
export function render(
  source: string,
  calibrations: readonly Calibration[],
  responses: readonly SizedResponse[],
  width: number,
  style: Style,
): string {
  const limits = calibrations.flatMap(({ limit }) => limit ?? []);
  return `${[
    `${count(responses.length)} responses with encrypted reasoning, ${source}.`,
    `${style("bold", "Bytes by tokens, of responses with a single item")}\n${table(FIT_COLUMNS, calibrations.map(fitRow))}`,
    `${style("bold", "What would go live, and what of that was cut")}\n${table(LIVE_COLUMNS, calibrations.map(liveRow))}`,
    plot(responses, Math.min(RULE_LIMIT, ...limits), width, style),
    wrap(conclusion(calibrations), width),
  ].join("\n\n")}\n`;
}

const FIT_COLUMNS = [
  { title: "model" },
  right("responses"),
  right("bytes = base +"),
  right("slope a token"),
  right("R²"),
  right("spread"),
  right("at 516"),
];

function fitRow({ model, responses, fit, bytesAtFirstCut }: Calibration): string[] {
  if (!fit) return [model, count(responses), "too few", "", "", "", ""];
  const numbers = [
    fit.base.toFixed(0),
    fit.slope.toFixed(2),
    fit.r2.toFixed(3),
    `±${fit.residual.toFixed(0)}`,
  ];
  return [model, count(responses), ...numbers, String(bytesAtFirstCut)];
}

const LIVE_COLUMNS = [
  { title: "model" },
  right("cut"),
  right("safe limit"),
  right("live"),
  right("missed"),
  ...LIMITS.map((bytes) => right(`at ${bytes}`)),
];

function liveRow({ model, responses, cut, limit, live, missed, missedAt }: Calibration): string[] {
  return [
    model,
    count(cut),
    limit === undefined ? "hold" : String(limit),
    share(live, responses),
    count(missed),
    ...LIMITS.map((bytes) => count(missedAt[bytes] ?? 0)),
  ];
}

function conclusion(calibrations: readonly Calibration[]): string {
  const missed = calibrations.filter(({ missed }) => missed > 0).map(({ model }) => model);
  const unproven = calibrations.filter(({ cut }) => cut === 0).map(({ model }) => model);
  return [
    missed.length > 0
      ? `Do not add to --live-models: ${missed.join(", ")}.`
      : "None that was cut would have gone live.",
    ...(unproven.length > 0
      ? [`No cut response of ${unproven.join(", ")}: only the fit speaks for them.`]
      : []),
  ].join(" ");
}
