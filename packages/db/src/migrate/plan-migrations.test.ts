import { describe, expect, it } from "vitest";
import { planMigrations } from "./plan-migrations.ts";
import type { MigrationFile } from "./plan-migrations.ts";

const file = (name: string): MigrationFile => ({ name, sql: `-- ${name}`, checksum: `sum-${name}` });
const applied = (name: string, over: { checksum?: string; isFinished?: boolean } = {}) => ({
  name,
  checksum: `sum-${name}`,
  isFinished: true,
  ...over,
});

describe("planMigrations", () => {
  it("runs what is missing, in name order", () => {
    expect(planMigrations([file("0003"), file("0001"), file("0002")], [applied("0001")])).toEqual({
      kind: "apply",
      pending: [file("0002"), file("0003")],
    });
  });

  it("runs nothing when all is applied", () => {
    expect(planMigrations([file("0001")], [applied("0001")])).toEqual({ kind: "apply", pending: [] });
  });

  it.each([
    ["a migration it does not know", [applied("0009")], /does not know/],
    ["an edited migration", [applied("0001", { checksum: "other" })], /other content/],
    ["a migration that stopped half way", [applied("0001", { isFinished: false })], /did not finish/],
  ])("refuses a database with %s", (_what, history, reason) => {
    const plan = planMigrations([file("0001")], history);
    expect(plan).toMatchObject({ kind: "refuse", reason: expect.stringMatching(reason) });
  });
});
