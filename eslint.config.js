import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { layers } from "./scripts/layers.mjs";

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
    files: ["src/**"],
    plugins: { codexcomp: { rules: { layers } } },
    rules: { "codexcomp/layers": "error" },
  },
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
