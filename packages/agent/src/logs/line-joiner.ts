const newline = 0x0a;

/** Gives out whole lines of what comes in pieces, so that two outputs can be told one after the other. */
export class LineJoiner {
  readonly #maxBytes: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(piece: Buffer): string {
    const all = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const lines = all.lastIndexOf(newline) + 1;
    // A line without an end may not be kept for ever.
    const cut = all.length - lines >= this.#maxBytes ? wholeCharacters(all) : lines;
    this.#rest = all.subarray(cut);
    return all.toString("utf8", 0, cut);
  }

  /** What is left, with the end of line that it lacks. */
  end(): string {
    const text = this.#rest.toString("utf8");
    this.#rest = Buffer.alloc(0);
    return text === "" ? "" : `${text}\n`;
  }
}

/** Length without a character at the end that is not complete: at most 3 bytes of one. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back >= needed ? bytes.length : bytes.length - back;
    }
  }
  return bytes.length;
}
