import { readFileSync } from "node:fs";
import path from "node:path";

const SCHEMA = path.resolve(import.meta.dirname, "../../../prisma/schema.prisma");

const POSTGRES_TYPES: Readonly<Record<string, string>> = {
  String: "text",
  Int: "integer",
  BigInt: "bigint",
  Float: "double precision",
  Boolean: "boolean",
  Json: "jsonb",
  Bytes: "bytea",
  DateTime: "timestamp with time zone",
};

interface Model {
  readonly table: string;
  readonly lines: readonly string[];
}

/**
 * The columns that prisma/schema.prisma declares, as `table.column type[ null]`. Read from the text: the generated client
 * keeps neither native types nor column names in a form that is public.
 */
export function readSchemaColumns(): string[] {
  return readModels().flatMap(({ table, lines }) =>
    lines.flatMap((line) => {
      const field = fieldOf(line);
      const type = field && POSTGRES_TYPES[field.type];
      if (field === null || type === undefined) return [];
      // Prisma makes scalar lists nullable in Postgres and reads null as empty.
      if (field.mark === "[]") return [`${table}.${field.column} _${type} null`];
      return [`${table}.${field.column} ${type}${field.mark === "?" ? " null" : ""}`];
    }),
  );
}

/** Names of all indexes that it declares: `_pkey`, `_key` (unique) and `_idx`. */
export function readSchemaIndexes(): string[] {
  return readModels().flatMap((model) => [
    `${model.table}_pkey`,
    ...model.lines.flatMap((line) => {
      const field = fieldOf(line);
      if (field !== null && / @unique\b/.test(line)) return [`${model.table}_${field.column}_key`];
      const [, kind, fields] = /^\s*@@(unique|index)\(\[(.*?)\]/.exec(line) ?? [];
      if (kind === undefined || fields === undefined) return [];
      return [`${model.table}_${columnsOf(model, fields).join("_")}_${kind === "unique" ? "key" : "idx"}`];
    }),
  ]);
}

/** Foreign keys that it declares, as `name RULE`. Prisma restricts where nothing is said. */
export function readSchemaForeignKeys(): string[] {
  return readModels().flatMap((model) =>
    model.lines.flatMap((line) => {
      const fields = /@relation\(fields: \[(.*?)\]/.exec(line)?.[1];
      if (fields === undefined) return [];
      const rule = line.includes("onDelete: Cascade") ? "CASCADE" : "RESTRICT";
      return [`${model.table}_${columnsOf(model, fields).join("_")}_fkey ${rule}`];
    }),
  );
}

function readModels(): Model[] {
  const text = readFileSync(SCHEMA, "utf8");
  return [...text.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name, body]) => ({
    table: /@@map\("(\w+)"\)/.exec(body ?? "")?.[1] ?? name ?? "",
    lines: (body ?? "").split("\n"),
  }));
}

function fieldOf(line: string): { name: string; column: string; type: string; mark: string } | null {
  const [, name, type, mark] = /^\s+(\w+)\s+(\w+)(\?|\[\])?(?:\s|$)/.exec(line) ?? [];
  if (name === undefined || type === undefined) return null;
  return { name, column: /@map\("(\w+)"\)/.exec(line)?.[1] ?? name, type, mark: mark ?? "" };
}

/** Columns of a list of fields such as `projectId, id(sort: Desc)`. */
function columnsOf(model: Model, fields: string): string[] {
  return fields.split(",").map((entry) => {
    const name = /\w+/.exec(entry)?.[0];
    return model.lines.map(fieldOf).find((field) => field?.name === name)?.column ?? "?";
  });
}
