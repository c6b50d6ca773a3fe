/** ESLint rule over the table in import-walls.mjs: sees `import`, `export from`, `import()`, `import x = require()` and type imports. */
import { isBuiltin } from "node:module";
import path from "node:path";
import { judgeImport } from "./import-walls.mjs";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** @param {string} absolute */
const fromRoot = (absolute) => path.relative(ROOT, absolute).split(path.sep).join("/");

/** @type {import("eslint").Rule.RuleModule} */
export const importWallsRule = {
  meta: {
    type: "problem",
    docs: { description: "Holds the import walls between packages" },
    schema: [],
    messages: { forbidden: "Import wall: {{why}}. The table is packages/launcher/check/import-walls.mjs." },
  },
  create(context) {
    const file = fromRoot(context.filename);
    /** @param {any} source */
    const check = (source) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      const specifier = source.value;
      const isRelative = specifier.startsWith(".") || specifier.startsWith("/");
      const target = isRelative ? fromRoot(path.resolve(path.dirname(context.filename), specifier)) : undefined;
      const why = judgeImport({ file, specifier, target, isBuiltin: isBuiltin(specifier) });
      if (why !== undefined) context.report({ node: source, messageId: "forbidden", data: { why } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSExternalModuleReference: (/** @type {any} */ node) => check(node.expression),
      TSImportType: (/** @type {any} */ node) => check(node.source),
    };
  },
};
