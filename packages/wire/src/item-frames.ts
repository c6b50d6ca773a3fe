import { WireError } from "./wire-error.ts";

/** A result of shape `items` is a sequence of u32 LE length + bytes; items do not follow the borders of DATA frames. */

/** One item as it goes into the body. */
export function encodeItem(item: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(4 + item.length);
  framed.writeUInt32LE(item.length, 0);
  item.copy(framed, 4);
  return framed;
}

/** Cuts a body into its items. */
export class ItemReader {
  readonly #limitBytes: number;
  /** Bytes of an item that is not complete, as they came: joined once, when the last piece is there. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Bytes needed before anything can be cut: 4 for a length, then 4 + the item. */
  #neededBytes = 4;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** The items that are complete with this piece, which is copied. Throws `body_too_large` when one announces more than the limit. */
  push(piece: Buffer): Buffer[] {
    this.#partBytes += piece.length;
    const items: Buffer[] = [];
    if (this.#partBytes < this.#neededBytes) {
      this.#parts.push(Buffer.from(piece));
      return items;
    }
    const data = Buffer.concat([...this.#parts, piece], this.#partBytes);
    let at = 0;
    this.#neededBytes = 4;
    while (data.length - at >= 4) {
      const bytes = data.readUInt32LE(at);
      if (bytes > this.#limitBytes) {
        throw new WireError("body_too_large", `an item of ${bytes} bytes is over the limit of ${this.#limitBytes}`);
      }
      if (data.length - at - 4 < bytes) {
        this.#neededBytes = 4 + bytes;
        break;
      }
      items.push(data.subarray(at + 4, at + 4 + bytes));
      at += 4 + bytes;
    }
    this.#parts = at === data.length ? [] : [data.subarray(at)];
    this.#partBytes = data.length - at;
    return items;
  }

  /** Throws when the body ended in the middle of an item. */
  end(): void {
    if (this.#partBytes > 0) throw new WireError("protocol_error", `body ends ${this.#partBytes} bytes into an item`);
  }
}
