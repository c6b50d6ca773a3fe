/** What is on disk: one folder of prisma/migrations. */
export interface MigrationFile {
  readonly name: string;
  readonly sql: string;
  /** sha256 of the file, hex, as Prisma records it. */
  readonly checksum: string;
}

/** What the database says it has: one row of `_prisma_migrations`. */
export interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
}

export type MigrationPlan =
  | { readonly kind: "apply"; readonly pending: readonly MigrationFile[] }
  | { readonly kind: "refuse"; readonly reason: string };

/**
 * Decides which migrations to run, in name order. A history that differs from the files is refused, never repaired: the
 * data belongs to another version of Sluice, or to something else.
 */
export function planMigrations(files: readonly MigrationFile[], applied: readonly AppliedMigration[]): MigrationPlan {
  const known = new Map(files.map((file) => [file.name, file]));
  for (const row of applied) {
    const file = known.get(row.name);
    if (file === undefined) {
      return {
        kind: "refuse",
        reason: `the database has migration ${row.name}, which this version of Sluice does not know`,
      };
    }
    if (!row.isFinished) return { kind: "refuse", reason: `migration ${row.name} was begun and did not finish` };
    if (row.checksum !== file.checksum) {
      return { kind: "refuse", reason: `migration ${row.name} was applied with other content than it has now` };
    }
  }
  const done = new Set(applied.map((row) => row.name));
  const pending = files.filter((file) => !done.has(file.name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { kind: "apply", pending };
}
