import { expect, it } from "vitest";
import { BodyInbox } from "./body-inbox.ts";

const newInbox = (): BodyInbox => new BodyInbox(() => undefined);

/** Bytes of memory that these pieces keep alive. */
function heldBytes(pieces: readonly Buffer[]): number {
  return [...new Set(pieces.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

it("holds hardly more memory than bytes for a reader that takes each small piece as it comes", async () => {
  const inbox = newInbox();
  const pieces: Buffer[] = [];
  const lent = Buffer.alloc(100, "x");
  for (let count = 0; count < 20_000; count += 1) {
    inbox.push(lent);
    const piece = await inbox.read();
    if (piece !== undefined) pieces.push(piece);
  }
  expect(pieces).toHaveLength(20_000);
  expect(heldBytes(pieces)).toBeLessThan(2 * 2_000_000);
});

it("joins small pieces while nobody reads, and gives them in order", async () => {
  const inbox = newInbox();
  const lent = Buffer.alloc(3);
  for (let count = 0; count < 10_000; count += 1) {
    lent.write(String(count % 1_000).padStart(3, "0"));
    inbox.push(lent);
  }
  inbox.end(undefined);
  const pieces: Buffer[] = [];
  for await (const piece of inbox) pieces.push(piece);
  expect(pieces.length).toBeLessThan(10);
  const text = Buffer.concat(pieces).toString();
  expect(text).toHaveLength(30_000);
  for (let count = 0; count < 10_000; count += 997)
    expect(text.slice(count * 3, count * 3 + 3)).toBe(String(count % 1_000).padStart(3, "0"));
});
