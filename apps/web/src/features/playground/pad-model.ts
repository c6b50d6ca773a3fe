/** The drawing pad's pixels. Pure. */

export const padSize = 8;
/** Pixels run from 0 (blank) to 16 (ink), as in the data the models were trained on. */
export const fullInk = 16;

export type Pixels = readonly number[];

export const blankPixels: Pixels = Array.from({ length: padSize * padSize }, () => 0);

/**
 * A stroke of a soft brush at (x, y), in pixels with fractions. Ink falls off with distance, so that a drawn line has
 * grey edges as the scanned digits have; painting never removes ink.
 */
export function paint(pixels: Pixels, x: number, y: number, erase = false): Pixels {
  return pixels.map((ink, index) => {
    const dx = (index % padSize) + 0.5 - x;
    const dy = Math.floor(index / padSize) + 0.5 - y;
    const distance = Math.hypot(dx, dy);
    const reach = Math.max(0, Math.min(1, 1.25 - distance));
    const drop = Math.round(fullInk * reach);
    return erase ? Math.min(ink, fullInk - drop) : Math.max(ink, drop);
  });
}

/** A line from one point to the next, without gaps when the pointer is fast. */
export function paintLine(
  pixels: Pixels,
  from: readonly [number, number],
  to: readonly [number, number],
  erase = false,
): Pixels {
  const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) * 3));
  let painted = pixels;
  for (let step = 1; step <= steps; step += 1) {
    const share = step / steps;
    painted = paint(painted, from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share, erase);
  }
  return painted;
}

/** Steps one pixel through blank, half and full: for the keyboard. */
export function cyclePixel(pixels: Pixels, index: number): Pixels {
  return pixels.map((ink, at) => (at !== index ? ink : ink === 0 ? 8 : ink < fullInk ? fullInk : 0));
}

export function isBlank(pixels: Pixels): boolean {
  return pixels.every((ink) => ink === 0);
}
