import { expect, it } from "vitest";
import { beganTwice, parseJournal, wasBeingExecuted } from "./journal.ts";

const dead = parseJournal(1, "begin a\nend a\nbegin b\nbegin c\nbeg");
const alive = parseJournal(2, "begin c\nend c\nbegin d\n");

it("was being executed only what a killed replica had begun and not ended", () => {
  const killed = new Set([1]);
  expect(["a", "b", "c", "d", "e"].map((id) => wasBeingExecuted(id, [dead, alive], killed))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
});

it("finds what two replicas began, and ignores a line that was cut short", () => {
  expect(beganTwice([dead, alive])).toEqual(["c"]);
  expect([...dead.begun]).toEqual(["a", "b", "c"]);
});
