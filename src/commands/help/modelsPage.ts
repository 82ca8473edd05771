import { KNOWN_MODELS, type Gain, type KnownModel } from "../../protocol/knownModels.js";

const GAINS: Readonly<Record<Gain, string>> = {
  helps: "helps",
  no_difference: "made no difference",
  not_measured: "not measured",
};

/** docs/models.md: what is known of each model, by the table that also makes the default of `--models`. */
export function modelsPage(): string {
  return `# What is known of models

<!-- Made by "npm run docs:models" from src/protocol/knownModels.ts. -->

A continuation spends your tokens on a bet: that the model was cut, and that thinking on helps. codexcomp folds by default
where somebody has measured that it does, or has seen the cut without anything that speaks against folding. Cut rounds of
other models are _observed_: counted, logged as such, shown by \`codexcomp stats\`, \`status\` and \`doctor\`; never held, never
paid for.

| model | cut at 518n - 2 | folding | by default | looked at |
|---|---|---|---|---|
${KNOWN_MODELS.map(row).join("\n")}
| any other (gpt-6-astra, Codex' own default since 0.153.4) | not known | not known | observed | |

${KNOWN_MODELS.map(paragraph).join("\n\n")}

## Your own model

- \`codexcomp scan\` tells whether it is cut in your own work, from Codex' session logs; it ends with advice for each model.
- \`codexcomp eval\` tells whether folding helps it, with your own account ([how, and what it costs](eval.md)).
- \`--models 'gpt-5.5*,gpt-6*'\` folds what you choose, \`--models '*'\` everything; in a config file \`models: ["gpt-5.5*"]\`.
- \`--max-extra-tokens-per-day 500000\` is the most that continuations may cost in 24 hours; past it turns are only observed until
  some of it is a day old. The journal keeps the count over restarts, and several processes share it, up to a minute late.
  A turn that is already being continued may pass the limit by its own continuations.
`;
}

function row({ glob, isCut, gain, foldedByDefault, checked }: KnownModel): string {
  const cells = [
    `\`${glob}\``,
    isCut ? "yes" : "not seen",
    GAINS[gain],
    foldedByDefault ? "folded" : "observed",
    checked,
  ];
  return `| ${cells.join(" | ")} |`;
}

function paragraph({ glob, known, sources }: KnownModel): string {
  const from = sources.map(({ name, url }) => (url === undefined ? name : `[${name}](${url})`)).join(", ");
  return `**\`${glob}\`**: ${known} Source: ${from}.`;
}
