import fc from "fast-check";
import { expect, it } from "vitest";
import { continueTrace } from "./traceparent.ts";

const given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it("keeps the client's trace and its sampling, with a span of its own", () => {
  const next = continueTrace(given, Math.random);
  expect(next).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
  expect(next).not.toBe(given);
});

it("begins a trace that is not sampled when none, or none that is valid, was given", () => {
  const wrong = [
    undefined,
    "",
    "00-xyz",
    given.toUpperCase(),
    `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
    `${given}-more`,
  ];
  for (const each of wrong) expect(continueTrace(each, Math.random)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});

it("never makes an id of zeros only, whatever chance gives", () => {
  fc.assert(
    fc.property(fc.infiniteStream(unit), (stream) => {
      const next = continueTrace(undefined, () => stream.next().value ?? 0);
      expect(next).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      expect(next.slice(3, 35)).not.toBe("0".repeat(32));
      expect(next.slice(36, 52)).not.toBe("0".repeat(16));
    }),
  );
});
