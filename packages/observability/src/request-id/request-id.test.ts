import fc from "fast-check";
import { expect, it } from "vitest";
import { createRequestIds, readRequestId } from "./request-id.ts";

const secret = "a secret of a cluster";
const identity = {
  revision: 7,
  applicationId: "0b9d5a5e-5b0f-4a6e-9f53-0a5a7f1c2d3e",
  choices: [{ node: "ranker", variant: "b.2" }],
};

it("says without a look-up when a request started and what served it", () => {
  const ids = createRequestIds(secret);
  const startedAtMs = Date.UTC(2026, 10, 22, 16, 0, 0, 123);
  const id = ids.seal(ids.next(startedAtMs), identity);
  expect(readRequestId(secret, id)).toEqual({ startedAtMs, ...identity });
  expect(id).toMatch(/^[\w.:%~-]{1,128}$/);
});

it("reads back whatever was sealed", () => {
  const text = fc.string({ minLength: 1, maxLength: 20 });
  const sealed = fc.record({
    revision: fc.integer({ min: 0, max: 2 ** 31 }),
    applicationId: fc.oneof(fc.uuid(), text),
    choices: fc.array(fc.record({ node: text, variant: text }), { maxLength: 3 }),
  });
  const ids = createRequestIds(secret);
  fc.assert(
    fc.property(sealed, (given) => {
      expect(readRequestId(secret, ids.seal(ids.next(1_700_000_000_000), given))).toMatchObject(given);
    }),
  );
});

it("refuses an id of another cluster, a changed one, and what is no id", () => {
  const ids = createRequestIds(secret);
  const id = ids.seal(ids.next(Date.now()), identity);
  expect(readRequestId("another secret", id)).toBeUndefined();
  for (let at = 0; at < id.length; at += 1) {
    const changed = id.slice(0, at) + (id[at] === "1" ? "2" : "1") + id.slice(at + 1);
    expect(readRequestId(secret, changed), `changed at ${String(at)}`).toBeUndefined();
  }
  for (const wrong of ["", ".", "....", "abc", ids.next(0)]) expect(readRequestId(secret, wrong)).toBeUndefined();
});

it("never names two requests alike, in one process or in two", () => {
  const [a, b] = [createRequestIds(secret), createRequestIds(secret)];
  const names = Array.from({ length: 10_000 }, (_, index) => (index % 2 === 0 ? a : b).next(1_700_000_000_000));
  expect(new Set(names).size).toBe(names.length);
});
