/** Way of an arrow and place of its label, in px of the drawing. Pure. */
import type { Place } from "./graph-model.ts";

export interface EdgeShape {
  readonly path: string;
  readonly label: Place;
  /** How the label lies to its place, in shares of its own width and height: -1 = left of it, or above. */
  readonly shift: Place;
}

/** An arrow has bent after so many px; the rest runs level, with room for its label. */
const bendPx = { right: 28, down: 26 } as const;
/** Between a label and its line: the widest line is 6.5 px. */
const gapPx = 7;
/** Between a label and the box that its arrow points at. */
const beforeBoxPx = 8;
const straightPx = 8;

/**
 * Arrows that leave one box together part at once: so none of them runs through the label of another. A label stands above a
 * level run; below one that came down, whose bend may reach above it.
 */
export function shapeRight(source: Place, target: Place, hasSiblings: boolean): EdgeShape {
  const bend = Math.min(bendPx.right, target.x - source.x);
  const fall = target.y - source.y;
  if (Math.abs(fall) < straightPx) {
    const start = hasSiblings ? source.x + bend : source.x;
    return {
      path: `M${source.x},${source.y} L${target.x},${target.y}`,
      label: { x: (start + target.x) / 2, y: source.y - gapPx },
      shift: { x: -0.5, y: -1 },
    };
  }
  const middle = source.x + bend / 2;
  return {
    path: `M${source.x},${source.y} C${middle},${source.y} ${middle},${target.y} ${source.x + bend},${target.y} L${target.x},${target.y}`,
    label: { x: target.x - beforeBoxPx, y: target.y + (fall < 0 ? -gapPx : gapPx) },
    shift: { x: -1, y: fall < 0 ? -1 : 0 },
  };
}

/** The same from the top down: the label stands right of its arrow, and outside of a bend. */
export function shapeDown(source: Place, target: Place, hasSiblings: boolean): EdgeShape {
  const bend = Math.min(bendPx.down, target.y - source.y);
  const aside = target.x - source.x;
  // Below what its siblings need to part.
  const start = hasSiblings ? source.y + bend : source.y;
  const label = { x: target.x + 9, y: (start + target.y) / 2 };
  if (Math.abs(aside) < straightPx) {
    return { path: `M${source.x},${source.y} L${target.x},${target.y}`, label, shift: { x: 0, y: -0.5 } };
  }
  const middle = source.y + bend / 2;
  return {
    path: `M${source.x},${source.y} C${source.x},${middle} ${target.x},${middle} ${target.x},${source.y + bend} L${target.x},${target.y}`,
    label: aside < 0 ? { ...label, x: target.x - 9 } : label,
    shift: { x: aside < 0 ? -1 : 0, y: -0.5 },
  };
}
