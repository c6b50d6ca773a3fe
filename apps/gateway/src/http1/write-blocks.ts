/**
 * Memory in which answers are put together for clients' sockets. A block is used again as soon as the kernel has taken what is in it,
 * which is nearly always at once: so the same few blocks go round, and stay in the processor's caches.
 */

/** One read of a replica's connection fits, with what frames it. */
export const blockBytes = 147_456;
/** More than these are left to the garbage collector. */
const keptBlocks = 32;
const free: Buffer[] = [];

export function takeBlock(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
}

/** Nobody reads it any more. */
export function giveBlock(block: Buffer): void {
  if (free.length < keptBlocks) free.push(block);
}
