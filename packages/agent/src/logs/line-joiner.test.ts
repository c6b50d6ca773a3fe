import { expect, test } from "vitest";
import { LineJoiner } from "./line-joiner.ts";

test("lines come out whole, whatever the pieces", () => {
  const joiner = new LineJoiner(100);
  expect(joiner.push(Buffer.from("one\ntw"))).toBe("one\n");
  expect(joiner.push(Buffer.from("o"))).toBe("");
  expect(joiner.push(Buffer.from("\nthree"))).toBe("two\n");
  expect(joiner.end()).toBe("three\n");
  expect(joiner.end()).toBe("");
});

test("a line without an end is given out when it is too long, never half a character", () => {
  for (const character of ["é", "€", "😀"]) {
    const bytes = Buffer.from(`ab${character}`);
    for (let cut = 3; cut <= bytes.length; cut += 1) {
      const joiner = new LineJoiner(3);
      const text = joiner.push(bytes.subarray(0, cut)) + joiner.push(bytes.subarray(cut)) + joiner.end();
      expect(text.trimEnd()).toBe(`ab${character}`);
    }
  }
});
