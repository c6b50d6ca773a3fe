/** Re-cuts a stream of bytes into pieces of exactly `sizeBytes`; only the last may be shorter. */
export async function* cutChunks(
  content: AsyncIterable<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(sizeBytes);
  let filled = 0;
  for await (const part of content) {
    let taken = 0;
    while (taken < part.byteLength) {
      const step = Math.min(sizeBytes - filled, part.byteLength - taken);
      piece.set(part.subarray(taken, taken + step), filled);
      filled += step;
      taken += step;
      if (filled === sizeBytes) {
        yield piece;
        piece = new Uint8Array(sizeBytes);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}
