import type { Random } from "./random.ts";

const hostileNumbers = [
  0, 1, 11, 12, 255, 256, 4_096, 4_097, 65_535, 262_144, 262_145, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

/** The frames of a conversation as an enemy would send them. Returns what happened to them, for the report. */
export function mutate(random: Random, frames: readonly Buffer[]): { readonly how: string; readonly bytes: Buffer } {
  const all = Buffer.concat(frames);
  switch (random.below(9)) {
    case 0:
      return { how: "as it is", bytes: all };
    case 1: {
      const bytes = Buffer.from(all);
      for (let flips = 1 + random.below(8); flips > 0; flips -= 1) {
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      }
      return { how: "bits flipped", bytes };
    }
    case 2:
      return { how: "truncated", bytes: all.subarray(0, random.below(all.length)) };
    case 3: {
      const bytes = Buffer.from(all);
      const at = startOf(frames, random);
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(random.oneOf(hostileNumbers), at);
      return { how: "hostile frame length", bytes };
    }
    case 4: {
      // Somewhere in a payload: lengths of heads, counts and lengths of string tables, windows.
      const bytes = Buffer.from(all);
      const at = startOf(frames, random) + 12 + random.below(24);
      if (at + 4 <= bytes.length) {
        if (random.chance(0.5)) bytes.writeUInt32LE(random.oneOf(hostileNumbers), at);
        else bytes.writeUInt16LE(random.oneOf([0, 1, 0x7fff, 0xffff]), at);
      }
      return { how: "hostile number in a payload", bytes };
    }
    case 5: {
      const at = random.below(all.length);
      const bytes = Buffer.concat([all.subarray(0, at), random.bytes(1 + random.below(40)), all.subarray(at)]);
      return { how: "bytes inserted", bytes };
    }
    case 6: {
      const at = random.below(all.length);
      const bytes = Buffer.concat([all.subarray(0, at), all.subarray(at + 1 + random.below(40))]);
      return { how: "bytes removed", bytes };
    }
    case 7: {
      const mixed = [...frames];
      for (let moves = 1 + random.below(4); moves > 0; moves -= 1) {
        const [moved] = mixed.splice(random.below(mixed.length), random.chance(0.5) ? 1 : 0);
        mixed.splice(random.below(mixed.length + 1), 0, moved ?? random.oneOf(frames));
      }
      return { how: "frames moved and repeated", bytes: Buffer.concat(mixed) };
    }
    default: {
      const handshake = random.chance(0.5) ? (frames[0] ?? Buffer.alloc(0)) : Buffer.alloc(0);
      return { how: "noise", bytes: Buffer.concat([handshake, random.bytes(random.below(200))]) };
    }
  }
}

/** Cuts bytes into chunks as a network might. */
export function cut(random: Random, bytes: Buffer): Buffer[] {
  if (random.chance(0.4)) return [bytes];
  const chunks: Buffer[] = [];
  const most = random.oneOf([1, 3, 13, 100, 2_000]);
  // Single bytes of a long conversation would cost time and find nothing that those of a short one do not.
  const size = Math.max(most, Math.ceil(bytes.length / 50));
  for (let at = 0; at < bytes.length;) {
    const next = at + 1 + random.below(size);
    chunks.push(bytes.subarray(at, next));
    at = next;
  }
  return chunks;
}

/** Where a random frame begins. */
function startOf(frames: readonly Buffer[], random: Random): number {
  return frames.slice(0, random.below(frames.length)).reduce((bytes, frame) => bytes + frame.length, 0);
}
