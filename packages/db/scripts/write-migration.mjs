/**
 * For developers: writes the next prisma/migrations/<time>_<name>/migration.sql from the difference between the schema as
 * of the last migration (kept as schema.prisma beside its SQL) and prisma/schema.prisma.
 *
 *   DATABASE_URL=postgresql://... node packages/db/scripts/write-migration.mjs <name>
 *
 * Uses Prisma's own engine compiled to WebAssembly, so nothing is downloaded. The engine connects on start, hence the
 * address; nothing is read from or written to that database.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { PrismaPg } from "@prisma/adapter-pg";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const MIGRATIONS = path.join(ROOT, "prisma/migrations");
const SCHEMA = path.join(ROOT, "prisma/schema.prisma");

const name = process.argv[2];
const databaseUrl = process.env.DATABASE_URL;
if (name === undefined || !/^[a-z0-9_]+$/.test(name) || databaseUrl === undefined) {
  console.error(
    "usage: DATABASE_URL=postgresql://... node packages/db/scripts/write-migration.mjs <name_in_snake_case>",
  );
  process.exit(1);
}

mkdirSync(MIGRATIONS, { recursive: true });
const last = readdirSync(MIGRATIONS)
  .filter((folder) => existsSync(path.join(MIGRATIONS, folder, "schema.prisma")))
  .sort()
  .at(-1);
const before = last === undefined ? { tag: "empty" } : schema(path.join(MIGRATIONS, last, "schema.prisma"));
const engine = await openEngine(databaseUrl);
const { stdout: sql } = await engine.diff({
  from: before,
  to: schema(SCHEMA),
  script: true,
  shadowDatabaseUrl: null,
  exitCode: null,
  filters: { externalTables: [], externalEnums: [] },
});
if (sql === undefined || sql === null || sql.trim() === "" || sql.includes("This is an empty migration")) {
  console.log("no difference: nothing written");
  process.exit(0);
}
const stamp = new Date().toISOString().replaceAll(/[-T:]/g, "").slice(0, 14);
const folder = path.join(MIGRATIONS, `${stamp}_${name}`);
mkdirSync(folder);
writeFileSync(path.join(folder, "migration.sql"), sql);
copyFileSync(SCHEMA, path.join(folder, "schema.prisma"));
writeFileSync(path.join(MIGRATIONS, "migration_lock.toml"), 'provider = "postgresql"\n');
console.log(`written: ${path.relative(ROOT, folder)}/migration.sql`);
process.exit(0);

/** @param {string} file */
function schema(file) {
  return { tag: "schemaDatamodel", files: [{ path: file, content: readFileSync(file, "utf8") }] };
}

/** @param {string} url */
async function openEngine(url) {
  const bytes = readFileSync(
    createRequire(import.meta.url)
      .resolve("@prisma/schema-engine-wasm/schema_engine_bg")
      .replace(/\.js$/, ".wasm"),
  );
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const { instance } = await globalThis.WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => console.error(message) };
  const { hostname, port, username, password, pathname } = new URL(url);
  const adapter = new PrismaPg({
    host: hostname,
    port: Number(port),
    user: username,
    password,
    database: pathname.slice(1),
  });
  const model = [[SCHEMA, readFileSync(SCHEMA, "utf8")]];
  return glue.SchemaEngine.new({ datamodels: model }, () => {}, bindMigrationAwareSqlAdapterFactory(adapter));
}
