import { expect, it } from "vitest";
import { judgeScroll } from "./scroll-state.ts";

it("says more at the right until the end, and scrolled from the start on", () => {
  const box = { scrollWidth: 500, clientWidth: 300 };
  expect(judgeScroll({ ...box, scrollLeft: 0 })).toEqual({ overflows: true, scrolled: false, more: true });
  expect(judgeScroll({ ...box, scrollLeft: 80 })).toEqual({ overflows: true, scrolled: true, more: true });
  expect(judgeScroll({ ...box, scrollLeft: 199.4 })).toEqual({ overflows: true, scrolled: true, more: false });
});

it("hints at nothing when everything fits, a rounded px included", () => {
  expect(judgeScroll({ scrollLeft: 0, scrollWidth: 301, clientWidth: 300 })).toEqual({
    overflows: false,
    scrolled: false,
    more: false,
  });
});
