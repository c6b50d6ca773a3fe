import { describe, expect, it } from "vitest";
import { blankPixels, cyclePixel, isBlank, paint, paintLine } from "./pad-model.ts";

describe("the drawing pad", () => {
  it("stays within 0 and 16 and inks the pixel under the brush fully", () => {
    const painted = paint(blankPixels, 3.5, 2.5);
    expect(painted[2 * 8 + 3]).toBe(16);
    expect(painted.every((ink) => Number.isInteger(ink) && ink >= 0 && ink <= 16)).toBe(true);
    expect(painted[2 * 8 + 4]).toBeGreaterThan(0);
    expect(painted[2 * 8 + 6]).toBe(0);
  });

  it("draws a fast stroke without gaps", () => {
    const line = paintLine(blankPixels, [0.5, 4.5], [7.5, 4.5]);
    for (let x = 0; x < 8; x += 1) expect(line[4 * 8 + x]).toBeGreaterThan(8);
  });

  it("erases what it painted", () => {
    const painted = paint(blankPixels, 4, 4);
    expect(paint(painted, 4, 4, true).reduce((sum, ink) => sum + ink, 0)).toBeLessThan(
      painted.reduce((sum, ink) => sum + ink, 0),
    );
  });

  it("steps a pixel from blank over half to full and back", () => {
    const once = cyclePixel(blankPixels, 5);
    expect([once[5], cyclePixel(once, 5)[5], cyclePixel(cyclePixel(once, 5), 5)[5]]).toEqual([8, 16, 0]);
    expect(isBlank(once)).toBe(false);
  });
});
