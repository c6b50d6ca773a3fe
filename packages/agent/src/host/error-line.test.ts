import { expect, test } from "vitest";
import { pickErrorLine } from "./error-line.ts";

const crash = `file:///bundle/app.mjs:3
    throw new TypeError("weights.json is missing");
          ^

TypeError: weights.json is missing
    at new Model (file:///bundle/app.mjs:3:11)
    at load (file:///dist/host.mjs:10:5) {
  code: 'X'
}

Node.js v20.20.2
`;

test.each([
  ["a crash of Node tells its message", crash, "TypeError: weights.json is missing"],
  ["a plain last line", "starting\nout of shared memory\n\n", "out of shared memory"],
  ["a Python error", 'Traceback:\n  File "x"\nValueError: bad shape: 3', "ValueError: bad shape: 3"],
  ["nothing", "\n \n", null],
])("%s", (_, text, wanted) => {
  expect(pickErrorLine(text)).toBe(wanted);
});
