import { isFree, sizeOf } from "./tensor.ts";

export interface ShapeFit {
  readonly shape: readonly number[];
  readonly size: number;
  /** The first axis was added: one item was given. */
  readonly isSingle: boolean;
}

/**
 * Lays a given shape over a wanted one. Accepted, in this order: the wanted shape itself; one item without the first
 * axis (if that is free or 1); one flat array that holds exactly one item, or the whole of a fixed shape.
 */
export function fitShape(wanted: readonly (string | number)[], given: readonly number[]): ShapeFit | undefined {
  if (fitsShape(wanted, given)) return { shape: given, size: sizeOf(given), isSingle: false };
  const [first, ...item] = wanted;
  const canAddAxis = isFree(first) || first === 1;
  if (canAddAxis && fitsShape(item, given)) return { shape: [1, ...given], size: sizeOf(given), isSingle: true };
  if (given.length !== 1) return undefined;
  const [length = 0] = given;
  const fixedItem = fixedShape(item);
  if (canAddAxis && fixedItem !== undefined && sizeOf(fixedItem) === length) {
    return { shape: [1, ...fixedItem], size: length, isSingle: true };
  }
  const fixedWhole = fixedShape(wanted);
  if (fixedWhole !== undefined && sizeOf(fixedWhole) === length)
    return { shape: fixedWhole, size: length, isSingle: false };
  return undefined;
}

/** A dimension that the model leaves free takes any length. */
export function fitsShape(wanted: readonly (string | number)[], given: readonly number[]): boolean {
  return (
    wanted.length === given.length && wanted.every((dimension, axis) => isFree(dimension) || dimension === given[axis])
  );
}

function fixedShape(wanted: readonly (string | number)[]): number[] | undefined {
  const fixed: number[] = [];
  for (const dimension of wanted) {
    if (typeof dimension !== "number" || isFree(dimension)) return undefined;
    fixed.push(dimension);
  }
  return fixed;
}
