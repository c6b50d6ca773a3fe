import { expect, it } from "vitest";
import { FirstPass, type Coverage } from "./first-pass.ts";

function start() {
  const told: Coverage[] = [];
  const pass = new FirstPass((coverage) => told.push(coverage));
  return { pass, told };
}

it("is full once every application was looked at, and at once when there is none", () => {
  const { pass, told } = start();
  pass.note("early", true);
  expect(pass.coverage).toBe("none");
  pass.begin(["a", "b"]);
  pass.note("a", true);
  expect(told).toEqual([]);
  pass.note("b", true);
  expect(told).toEqual(["full"]);
  const empty = start();
  empty.pass.begin([]);
  expect(empty.told).toEqual(["full"]);
});

it("stays partial while one application cannot be read, and becomes full when it can", () => {
  const { pass, told } = start();
  pass.begin(["a", "b"]);
  pass.note("a", false);
  pass.note("b", true);
  pass.note("a", false);
  expect(told).toEqual(["partial"]);
  pass.note("a", true);
  expect(told).toEqual(["partial", "full"]);
});

it("takes nothing back when an application fails later", () => {
  const { pass, told } = start();
  pass.begin(["a"]);
  pass.note("a", true);
  pass.note("a", false);
  expect(told).toEqual(["full"]);
});
