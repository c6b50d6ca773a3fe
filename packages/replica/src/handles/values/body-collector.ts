import { SluiceError } from "@sluice/contracts";
import type { HeaderPairs } from "@sluice/wire";
import { partsHeader } from "./value-codec.ts";

/** A body taken apart: the document, and the large binary values that travelled behind it. */
export interface CollectedBody {
  readonly document: Buffer;
  readonly parts: Buffer[];
}

/**
 * Takes a body as it arrives. With a parts header each part is written straight into memory of its own, so that a large
 * value is held once; without one the pieces are joined at the end.
 */
export class BodyCollector {
  readonly #limitBytes: number;
  readonly #lengths: readonly number[] | undefined;
  readonly #pieces: Buffer[] = [];
  readonly #parts: Buffer[] = [];
  #part: Buffer | undefined;
  #filled = 0;
  #bytes = 0;

  constructor(headers: HeaderPairs, limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.#lengths = lengthsOf(headers);
    if (this.#lengths !== undefined) this.#check(this.#lengths.reduce((sum, length) => sum + length, 0));
  }

  /** Takes a copy of a piece. Throws `request/too_large` over the limit. */
  push(piece: Buffer): void {
    this.#bytes += piece.length;
    this.#check(this.#bytes);
    if (this.#lengths === undefined) this.#pieces.push(Buffer.from(piece));
    else this.#fill(piece, this.#lengths);
  }

  /** Throws when the body is not as long as its header said. */
  finish(): CollectedBody {
    if (this.#lengths === undefined) {
      const [only] = this.#pieces;
      const document =
        this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces, this.#bytes);
      return { document, parts: [] };
    }
    const [document, ...parts] = this.#parts;
    if (document === undefined || this.#parts.length < this.#lengths.length) throw mismatch();
    return { document, parts };
  }

  #fill(piece: Buffer, lengths: readonly number[]): void {
    for (let at = 0; at < piece.length;) {
      if (this.#part === undefined) {
        const length = lengths[this.#parts.length];
        if (length === undefined) throw mismatch();
        this.#part = Buffer.allocUnsafeSlow(length);
        this.#filled = 0;
      }
      const copied = piece.copy(this.#part, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled < this.#part.length) continue;
      this.#parts.push(this.#part);
      this.#part = undefined;
    }
  }

  #check(bytes: number): void {
    if (bytes <= this.#limitBytes) return;
    const publicMessage = `The body is larger than ${this.#limitBytes} bytes.`;
    throw new SluiceError({ code: "request/too_large", publicMessage });
  }
}

function mismatch(): SluiceError {
  return new SluiceError({
    code: "request/invalid",
    publicMessage: `The body does not fit its header ${partsHeader}.`,
  });
}

function lengthsOf(headers: HeaderPairs): number[] | undefined {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at] !== partsHeader) continue;
    const lengths = (headers[at + 1] ?? "").split(",").map(Number);
    // No part is empty: small values stay in the document.
    if (!lengths.every((length) => Number.isSafeInteger(length) && length > 0)) throw mismatch();
    return lengths;
  }
  return undefined;
}
