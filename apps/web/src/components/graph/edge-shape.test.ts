import { describe, expect, it } from "vitest";
import { shapeDown, shapeRight } from "./edge-shape.ts";
import type { EdgeShape } from "./edge-shape.ts";

/** As wide as `1,234/s · 106 ms`. */
const label = { width: 100, height: 16 };
const thickestPx = 6.5;

/** Points along a path of one curve and one line, or one line. */
function pointsOf(path: string): { x: number; y: number }[] {
  const numbers = (path.match(/-?[\d.]+/g) ?? []).map(Number);
  const at = (index: number) => ({ x: numbers[index * 2] ?? 0, y: numbers[index * 2 + 1] ?? 0 });
  const steps = Array.from({ length: 101 }, (_, index) => index / 100);
  const line = (from: { x: number; y: number }, to: { x: number; y: number }) =>
    steps.map((t) => ({ x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t }));
  if (!path.includes("C")) return line(at(0), at(1));
  const [a, b, c, d] = [at(0), at(1), at(2), at(3)];
  const cubic = (t: number, axis: "x" | "y") =>
    (1 - t) ** 3 * a[axis] + 3 * (1 - t) ** 2 * t * b[axis] + 3 * (1 - t) * t ** 2 * c[axis] + t ** 3 * d[axis];
  return [...steps.map((t) => ({ x: cubic(t, "x"), y: cubic(t, "y") })), ...line(d, at(4))];
}

function touches(path: string, { label: place, shift }: EdgeShape): boolean {
  const left = place.x + shift.x * label.width;
  const top = place.y + shift.y * label.height;
  const reach = thickestPx / 2;
  return pointsOf(path).some(
    ({ x, y }) =>
      x > left - reach && x < left + label.width + reach && y > top - reach && y < top + label.height + reach,
  );
}

describe("arrows that leave one box together", () => {
  const source = { x: 0, y: 0 };
  it.each([
    ["three to the right", [-96, 0, 96].map((y) => shapeRight(source, { x: 130, y }, true))],
    ["two to the right", [-48, 48].map((y) => shapeRight(source, { x: 130, y }, true))],
    ["five to the right", [-192, -96, 0, 96, 192].map((y) => shapeRight(source, { x: 130, y }, true))],
    ["three down", [-196, 0, 196].map((x) => shapeDown(source, { x, y: 64 }, true))],
    ["two down", [-98, 98].map((x) => shapeDown(source, { x, y: 64 }, true))],
  ])("%s: none touches a label, its own included", (_, shapes) => {
    const touching = shapes.flatMap((one, index) =>
      shapes.flatMap(({ path }, other) => (touches(path, one) ? [`arrow ${other} touches label ${index}`] : [])),
    );
    expect(touching).toEqual([]);
  });
});

it("a lone arrow has its label above its middle", () => {
  expect(shapeRight({ x: 0, y: 0 }, { x: 140, y: 0 }, false)).toEqual({
    path: "M0,0 L140,0",
    label: { x: 70, y: -7 },
    shift: { x: -0.5, y: -1 },
  });
});
