import { expect, it } from "vitest";
import type { RevisionStage } from "@sluice/domain";
import { listRollbackChoices, noRollbackReason, pickRollback } from "./rollback-choice.ts";

const revision = (number: number, stage: RevisionStage = "described", is_target = false) => ({
  number,
  stage,
  is_target,
});
const target = (number: number) => revision(number, "described", true);

it("offers the newest revision before the target that can run", () => {
  expect(pickRollback([target(4), revision(3, "describe_failed"), revision(2), revision(1)])?.number).toBe(2);
});

it("offers what came later when nothing before the target can run", () => {
  expect(pickRollback([revision(3), revision(2), target(1)])?.number).toBe(3);
  expect(pickRollback([revision(3, "describing"), target(2), revision(1, "describe_failed")])).toBeUndefined();
});

it("lists each other revision that can run, newest first", () => {
  const choices = listRollbackChoices([revision(1), target(3), revision(4), revision(2, "describing")]);
  expect(choices.map(({ number }) => number)).toEqual([4, 1]);
});

it("says why there is nothing to go back to", () => {
  expect(noRollbackReason(undefined)).toMatch(/being read/);
  expect(noRollbackReason([target(1)])).toMatch(/one revision only/);
  expect(noRollbackReason([target(2), revision(1, "describe_failed")])).toMatch(/No other revision can run/);
  expect(noRollbackReason([target(2), revision(1)])).toBeUndefined();
});
