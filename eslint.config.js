import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** The architecture, from the bottom up: nothing imports what stands above it. */
const LAYERS = [
  "protocol/**",
  "operators/**",
  "pipeline.js",
  "recordings/**",
  "metrics/**",
  "transport/**",
  "testing/**",
  "evaluation/**",
  "service/**",
  "journal/**",
  "codex/**",
  "commands/**",
  "cli.js",
  "index.js",
];

const nothingAbove = (layer) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: [
        {
          group: LAYERS.slice(LAYERS.indexOf(layer) + 1).map((above) => `**/${above}`),
          message: "Against the import directions (docs/how-it-works.md).",
        },
      ],
    },
  ],
});

export default tseslint.config(
  { ignores: ["dist", "docs/api", "coverage", "**/*.d.ts", ".cache"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  ...["protocol/**", "operators/**", "pipeline.ts", "recordings/**", "metrics/**", "transport/**"].map(
    (layer) => ({
      files: [`src/${layer}`],
      rules: nothingAbove(layer.replace(/ts$/, "js")),
    }),
  ),
  {
    // The browser has them too.
    files: ["src/charts/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ group: ["../*"], message: "Charts stand alone." }] }],
    },
  },
  { files: ["src/options/**", "src/library/**"], rules: nothingAbove("transport/**") },
  { files: ["src/evaluation/**"], rules: nothingAbove("evaluation/**") },
  { files: ["src/testing/**", "src/service/**"], rules: nothingAbove("service/**") },
  { files: ["src/journal/**", "src/codex/**", "src/index.ts"], rules: nothingAbove("codex/**") },
  {
    files: ["src/commands/**"],
    rules: {
      "no-restricted-properties": [
        "error",
        ...["stdout", "stderr"].map((property) => ({
          object: "process",
          property,
          message:
            "Write to the streams that the command is given: they keep other people's text from the terminal.",
        })),
      ],
    },
  },
  {
    files: ["scripts/**", "bench/**", "test/e2e/**", "test/**/*.mjs", "*.config.*"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        performance: "readonly",
        URL: "readonly",
        URLSearchParams: "readonly",
        fetch: "readonly",
        setTimeout: "readonly",
      },
    },
    rules: { "no-console": "off" },
  },
);
