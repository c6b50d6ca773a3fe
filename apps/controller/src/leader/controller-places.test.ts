import { expect, it } from "vitest";
import { planDoors } from "./controller-places.ts";

const place = (holder: string, nodeUrl: string | null) => ({ holder, address: "http://127.0.0.1:1", nodeUrl });

it("names its own door first, then each other one once, in an order that stays", () => {
  const own = place("me", "https://b:1");
  const others = [
    place("x", "https://c:1"),
    own,
    place("y", null),
    place("z", "https://a:1"),
    place("w", "https://c:1"),
  ];
  expect(planDoors(own, others)).toEqual(["https://b:1", "https://a:1", "https://c:1"]);
  expect(planDoors(own, [...others].reverse())).toEqual(["https://b:1", "https://a:1", "https://c:1"]);
  expect(planDoors(place("me", null), [])).toEqual([]);
});
