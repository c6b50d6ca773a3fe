/** Where a box that scrolls sideways stands. Pure. */
export interface ScrollState {
  /** Wider than its box at all. */
  readonly overflows: boolean;
  /** Something is hidden at the left. */
  readonly scrolled: boolean;
  /** Something is hidden at the right. */
  readonly more: boolean;
}

/** Browsers round sizes to whole px and offsets not: less than this is nothing hidden. */
const tolerancePx = 2;

export function judgeScroll({
  scrollLeft,
  scrollWidth,
  clientWidth,
}: {
  readonly scrollLeft: number;
  readonly scrollWidth: number;
  readonly clientWidth: number;
}): ScrollState {
  return {
    overflows: scrollWidth - clientWidth > tolerancePx,
    scrolled: scrollLeft > tolerancePx,
    more: scrollWidth - clientWidth - scrollLeft > tolerancePx,
  };
}
