import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { importWallsRule } from "./packages/launcher/check/import-walls-rule.mjs";

const TESTS = ["**/*.test.ts", "**/*.test.tsx", "**/test/**/*.ts", "e2e/**/*.ts", "packages/testkit/**/*.ts"];

export default tseslint.config(
  {
    ignores: [
      "**/node_modules",
      "**/dist",
      "**/.next",
      ".cache",
      ".sluice",
      "packages/db/src/generated",
      "apps/web/public",
      "**/next-env.d.ts",
      "packages/examples/**/train",
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error", noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx,mjs,js}"],
    plugins: { sluice: { rules: { "import-walls": importWallsRule } } },
    rules: { "sluice/import-walls": "error", eqeqeq: ["error", "always"], "no-console": "off" },
  },
  {
    files: ["**/*.{mjs,js}"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "process",
          "console",
          "URL",
          "Buffer",
          "setTimeout",
          "clearTimeout",
          "setInterval",
          "clearInterval",
          "fetch",
          "WebAssembly",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["./tsconfig.json", "./apps/web/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: false }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      // A Response that user code throws is its answer.
      "@typescript-eslint/only-throw-error": ["error", { allow: ["Response"] }],
      // An async function without await still turns a throw into a rejection, which interfaces often want.
      "@typescript-eslint/require-await": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: "Read the environment in config.ts only: one zod schema, parsed once in main.ts.",
        },
        { selector: "TSEnumDeclaration", message: "No enums: use a union of strings." },
      ],
      // TypeScript itself finds undefined names.
      "no-undef": "off",
    },
  },
  { files: ["**/config.ts", "*.config.ts", "e2e/**/*.ts"], rules: { "no-restricted-syntax": "off" } },
  {
    files: TESTS,
    rules: {
      "no-restricted-syntax": "off",
      // Tests read parsed JSON freely; the assertion is the check.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
);
