import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";
import { IMPORT_WALLS, judgeImport } from "../check/import-walls.mjs";
import { importWallsRule } from "../check/import-walls-rule.mjs";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Lints a file that does not exist on disk, with the real rule and the TypeScript parser but without type information. */
async function lintImport(file: string, code: string): Promise<string[]> {
  const { parser } = await import("typescript-eslint");
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfigFile: true,
    overrideConfig: {
      files: ["**/*.{ts,tsx,mjs}"],
      languageOptions: { parser: parser },
      plugins: { sluice: { rules: { "import-walls": importWallsRule } } },
      rules: { "sluice/import-walls": "error" },
    },
  });
  const results = await eslint.lintText(code, { filePath: path.join(ROOT, file) });
  return results.flatMap((result) => result.messages.map((message) => message.message));
}

describe("import walls", () => {
  it.each([
    ["packages/domain/src/a.ts", `import os from "node:os";`, "built-ins"],
    ["packages/domain/src/a.ts", `import { z } from "zod";`, "third-party"],
    ["packages/domain/src/a.ts", `import type { Spec } from "@sluice/contracts";`, "not contracts"],
    ["packages/contracts/src/a.ts", `export * from "@sluice/db";`, "not db"],
    ["packages/sdk/src/a.ts", `import { x } from "@sluice/domain";`, "not domain"],
    ["packages/router/src/a.ts", `import { x } from "../../wire/src/frame.ts";`, "relative path"],
    ["packages/agent/src/a.ts", `import { x } from "@sluice/db";`, "not db"],
    ["packages/api/src/a.ts", `import { x } from "@sluice/testkit";`, "only tests"],
    ["packages/api/src/a.ts", `import { x } from "@sluice/db/src/stores/node.ts";`, "one door"],
    ["packages/launcher/bin/start.mjs", `import esbuild from "esbuild";`, "third-party"],
    ["packages/launcher/bin/start.mjs", `import { x } from "../src/main.ts";`, "relative path"],
    ["apps/gateway/src/a.ts", `const db = await import("@sluice/db");`, "not db"],
    ["apps/gateway/src/a.ts", `type Db = import("@sluice/db").Db;`, "not db"],
    ["apps/web/src/a.ts", `import { x } from "../../controller/src/main.ts";`, "relative path"],
    ["apps/web/src/a.tsx", `import { x } from "@sluice/agent";`, "not agent"],
    ["apps/controller/src/a.ts", `import { x } from "@sluice/app-gateway";`, "nobody's dependency"],
  ])("lint fails in %s on %s", async (file, code, why) => {
    const messages = await lintImport(file, code);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(why);
  });

  it.each([
    ["packages/domain/src/a.test.ts", `import fc from "fast-check"; import { it } from "vitest";`],
    ["packages/contracts/src/a.ts", `import { x } from "@sluice/domain"; import { z } from "zod";`],
    ["packages/wire/src/a.ts", `import net from "node:net"; import { y } from "./b.ts";`],
    ["packages/api/src/a.db.test.ts", `import { testDatabase } from "@sluice/testkit";`],
    ["apps/gateway/src/a.ts", `export { x } from "@sluice/router";`],
  ])("lint passes in %s on %s", async (file, code) => {
    expect(await lintImport(file, code)).toEqual([]);
  });

  it("is an error in the repository's own lint configuration", async () => {
    const config = await new ESLint({ cwd: ROOT }).calculateConfigForFile(path.join(ROOT, "packages/domain/src/a.ts"));
    expect(config.rules["sluice/import-walls"]).toEqual([2]);
  });

  it("covers every workspace package, by the name it has", () => {
    const places = ["packages", "apps"].flatMap((group) =>
      readdirSync(path.join(ROOT, group)).map((name) => `${group}/${name}`),
    );
    for (const place of places) {
      const { name } = JSON.parse(readFileSync(path.join(ROOT, place, "package.json"), "utf8"));
      expect(IMPORT_WALLS.find((wall) => wall.place === place)?.name, place).toBe(name);
    }
  });

  it("has no cycle", () => {
    const mayReach = (from: string, seen: readonly string[]): void => {
      expect(seen, `cycle through ${from}`).not.toContain(from);
      const may = IMPORT_WALLS.find((wall) => wall.name === `@sluice/${from}`)?.may ?? [];
      for (const next of may) mayReach(next, [...seen, from]);
    };
    for (const wall of IMPORT_WALLS) if (wall.name !== null) mayReach(wall.name.slice("@sluice/".length), []);
  });

  it("forbids what the table does not name", () => {
    const use = { file: "packages/db/src/a.ts", target: undefined, isBuiltin: false };
    expect(judgeImport({ ...use, specifier: "@sluice/api" })).toBe("packages/db may import domain, contracts, not api");
    expect(judgeImport({ ...use, specifier: "@sluice/contracts" })).toBeUndefined();
  });
});
