import fc from "fast-check";
import { expect, test } from "vitest";
import { ItemReader, encodeItem } from "./item-frames.ts";

test("items come out as they went in, however the body is cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 30 }), { maxLength: 10 }),
      fc.integer({ min: 1, max: 20 }),
      (items, size) => {
        const body = Buffer.concat(items.map((item) => encodeItem(Buffer.from(item))));
        const reader = new ItemReader(1_000);
        const read: string[] = [];
        for (let at = 0; at < body.length; at += size)
          for (const item of reader.push(body.subarray(at, at + size))) read.push(item.toString());
        reader.end();
        expect(read).toEqual(items);
      },
    ),
  );
});

test("an item over the limit and a body that ends inside an item are refused", () => {
  expect(() => new ItemReader(10).push(encodeItem(Buffer.alloc(11)))).toThrow(/over the limit of 10/);
  const reader = new ItemReader(10);
  reader.push(encodeItem(Buffer.alloc(5)).subarray(0, 7));
  expect(() => {
    reader.end();
  }).toThrow(/7 bytes into an item/);
});
