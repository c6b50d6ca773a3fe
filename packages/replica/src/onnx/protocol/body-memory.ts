/**
 * Memory for the bodies of answers. Node's own pool ends at 4 KiB, where the outputs of models begin: beyond it every body
 * would be an allocation of its own outside the heap, and the garbage collector counts those.
 */
const slabBytes = 128 * 1024;
/** Larger bodies are worth memory of their own, and must not keep a slab alive. */
const pooledBytes = slabBytes / 4;

let slab = Buffer.allocUnsafeSlow(0);
let used = 0;

/** Uninitialised memory that nobody else writes to. */
export function takeBodyMemory(bytes: number): Buffer {
  if (bytes > pooledBytes) return Buffer.allocUnsafeSlow(bytes);
  if (used + bytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    used = 0;
  }
  const memory = slab.subarray(used, used + bytes);
  // The next one begins aligned: copies of whole words are faster.
  used += (bytes + 7) & ~7;
  return memory;
}
