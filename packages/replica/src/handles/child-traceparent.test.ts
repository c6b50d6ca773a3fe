import { expect, it } from "vitest";
import { childTraceparent, spanIdOf } from "./child-traceparent.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";

it("keeps the trace and its flags and puts the new span in the parent's place", () => {
  expect(childTraceparent(`00-${trace}-00f067aa0ba902b7-01`, "1234567890abcdef")).toBe(
    `00-${trace}-1234567890abcdef-01`,
  );
});

it.each(["", "garbage", `00-${trace}-00f067aa0ba902b7`, `ff-${trace}-00f067aa0ba902b7-01`])(
  "makes no trace of %o",
  (parent) => {
    expect(childTraceparent(parent, "1234567890abcdef")).toBe("");
  },
);

it("makes span ids of 16 hexadecimal digits that are never all zero", () => {
  expect(spanIdOf(0, 0)).toBe("0000000000000001");
  expect(spanIdOf(0.5, 0.999999999999)).toBe("80000000ffffffff");
});
