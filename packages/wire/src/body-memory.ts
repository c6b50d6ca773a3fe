/**
 * Memory for small bodies that are kept: they lie side by side in slabs. Node's own pool ends at 4 KiB, where the tensors of models begin:
 * beyond it every body would be an allocation of its own outside the heap, and thousands of those a second keep the garbage collector
 * busy. A slab lives as long as one of its bodies.
 */
const slabBytes = 64 * 1024;
/** Larger bodies are worth memory of their own, and must not keep a slab alive. */
const pooledBytes = slabBytes / 4;

let collectEveryBytes = Infinity;
let collect = (): void => undefined;
let uncollectedBytes = 0;

let slab = Buffer.allocUnsafeSlow(0);
let used = 0;

/** Uninitialised memory that nobody else writes to. */
export function takeBodyMemory(bytes: number): Buffer {
  if (bytes > pooledBytes) {
    uncollectedBytes += bytes;
    if (uncollectedBytes >= collectEveryBytes) {
      uncollectedBytes = 0;
      collect();
    }
    return Buffer.allocUnsafeSlow(bytes);
  }
  if (used + bytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(slabBytes);
    used = 0;
  }
  const memory = slab.subarray(used, used + bytes);
  // The next one begins aligned: copies of whole words are faster.
  used += (bytes + 7) & ~7;
  return memory;
}

/** Calls `run` each time that larger bodies have taken `everyBytes`, whoever holds them by then. */
export function collectBodies(everyBytes: number, run: () => void): void {
  collectEveryBytes = everyBytes;
  collect = run;
}

/** A copy of lent bytes that may be kept. */
export function copyOfLent(lent: Buffer): Buffer {
  const copy = takeBodyMemory(lent.length);
  lent.copy(copy);
  return copy;
}
