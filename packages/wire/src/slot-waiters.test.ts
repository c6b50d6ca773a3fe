import { expect, test } from "vitest";
import { SlotWaiters } from "./slot-waiters.ts";

test("slots are offered round robin, and a rejected waiter keeps its place", () => {
  const waiters = new SlotWaiters<string>();
  waiters.add("a");
  waiters.add("b");
  waiters.add("a");
  expect([waiters.next(), waiters.next(), waiters.next(), waiters.next()]).toEqual(["a", "b", "a", "b"]);
});

test("a waiter that gives its offer back gets no more, and an empty list offers to nobody", () => {
  const waiters = new SlotWaiters<string>();
  waiters.add("a");
  waiters.add("b");
  waiters.remove("a");
  expect([waiters.next(), waiters.next()]).toEqual(["b", "b"]);
  waiters.remove("b");
  expect(waiters.next()).toBeUndefined();
});
