import fc from "fast-check";
import { expect, it } from "vitest";
import { cutChunks } from "./cut-chunks.ts";

it("keeps all bytes in order and makes every piece but the last exactly as long as asked", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 16 }),
      async (parts, sizeBytes) => {
        const pieces: Uint8Array[] = [];
        for await (const piece of cutChunks(streamOf(parts), sizeBytes)) pieces.push(piece);
        expect(Buffer.concat(pieces).equals(Buffer.concat(parts))).toBe(true);
        expect(pieces.slice(0, -1).every((piece) => piece.byteLength === sizeBytes)).toBe(true);
        expect(pieces.every((piece) => piece.byteLength > 0 && piece.byteLength <= sizeBytes)).toBe(true);
      },
    ),
  );
});

async function* streamOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
