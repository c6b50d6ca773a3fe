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
  #rest = Buffer.alloc(0);

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** The items that are complete with this piece. Throws `body_too_large` when one announces more than the limit. */
  push(piece: Buffer): Buffer[] {
    const data = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const items: Buffer[] = [];
    let at = 0;
    while (data.length - at >= 4) {
      const bytes = data.readUInt32LE(at);
      if (bytes > this.#limitBytes) throw new WireError("body_too_large", `an item of ${bytes} bytes is over the limit of ${this.#limitBytes}`);
      if (data.length - at - 4 < bytes) break;
      items.push(data.subarray(at + 4, at + 4 + bytes));
      at += 4 + bytes;
    }
    this.#rest = Buffer.from(data.subarray(at));
    return items;
  }

  /** Throws when the body ended in the middle of an item. */
  end(): void {
    if (this.#rest.length > 0) throw new WireError("protocol_error", `body ends ${this.#rest.length} bytes into an item`);
  }
}
