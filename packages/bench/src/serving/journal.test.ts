import { expect, it } from "vitest";
import { beganTwice, parseJournal, wasBegun, wasEnded } from "./journal.ts";

const dead = parseJournal(1, "begin a\nend a\nbegin b\nbegin c\nbeg");
const alive = parseJournal(2, "begin c\nend c\nbegin d\n");

it("counts as begun and as ended only what a killed replica wrote down", () => {
  const killed = new Set([1]);
  const those = (judge: typeof wasBegun) => ["a", "b", "c", "d", "e"].filter((id) => judge(id, [dead, alive], killed));
  expect(those(wasBegun)).toEqual(["a", "b", "c"]);
  expect(those(wasEnded)).toEqual(["a"]);
});

it("finds what two replicas began, and ignores a line that was cut short", () => {
  expect(beganTwice([dead, alive])).toEqual(["c"]);
  expect([...dead.begun]).toEqual(["a", "b", "c"]);
});
