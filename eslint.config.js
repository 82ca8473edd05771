import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * The import directions of the architecture: what a folder may not import.
 * protocol < operators < pipeline < transport < commands < cli.
 */
const forbid = (...folders) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: [
        {
          group: folders.map((folder) => `**/${folder}`),
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
  {
    files: ["src/protocol/**"],
    rules: forbid(
      "operators/**",
      "pipeline.js",
      "recordings/**",
      "transport/**",
      "testing/**",
      "service/**",
      "commands/**",
      "cli.js",
      "index.js",
    ),
  },
  {
    files: ["src/operators/**"],
    rules: forbid(
      "pipeline.js",
      "recordings/**",
      "transport/**",
      "testing/**",
      "service/**",
      "commands/**",
      "cli.js",
      "index.js",
    ),
  },
  {
    files: ["src/pipeline.ts"],
    rules: forbid(
      "recordings/**",
      "transport/**",
      "testing/**",
      "service/**",
      "commands/**",
      "cli.js",
      "index.js",
    ),
  },
  {
    files: ["src/recordings/**"],
    rules: forbid("transport/**", "testing/**", "service/**", "commands/**", "cli.js", "index.js"),
  },
  { files: ["src/transport/**"], rules: forbid("testing/**", "service/**", "commands/**", "cli.js") },
  {
    files: ["src/options/**", "src/library/**"],
    rules: forbid("testing/**", "service/**", "commands/**", "cli.js", "index.js"),
  },
  { files: ["src/testing/**", "src/service/**", "src/index.ts"], rules: forbid("commands/**", "cli.js") },
  {
    files: ["scripts/**", "bench/**", "test/e2e/**", "*.config.*"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        performance: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
      },
    },
    rules: { "no-console": "off" },
  },
);
