/**
 * Memory for bytes on their way out, for a short time each: a block is used again as soon as the kernel has what is in it, nearly always
 * at once. So the same few blocks go round, stay in the processor's caches, and are nothing to the garbage collector.
 */

/** One read of a socket fits, with what frames it. */
export const BLOCK_BYTES = 147_456;
/** Less that must wait is copied to memory of its own: many slow peers would hold a block each. */
export const MIN_BLOCK_BYTES = 32_768;
/** More than these are left to the garbage collector. */
const KEPT_BLOCKS = 64;
const free: Buffer[] = [];

export function takeBlock(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
}

/** Nobody reads it any more. */
export function giveBlock(block: Buffer): void {
  if (free.length < KEPT_BLOCKS && block.length === BLOCK_BYTES) free.push(block);
}
