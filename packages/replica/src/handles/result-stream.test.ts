import { encodeItem } from "@sluice/wire";
import { describe, expect, it } from "vitest";
import { ResultStream } from "./result-stream.ts";
import { encodeItemValue } from "./values/value-codec.ts";

function open() {
  const told = { consumed: 0, returned: 0 };
  const source = { onConsumed: (bytes: number) => void (told.consumed += bytes), onReturn: () => void told.returned++ };
  return { stream: new ResultStream(source, 1_000_000), told };
}

const frames = (...values: unknown[]) => Buffer.concat(values.map((value) => encodeItem(encodeItemValue(value))));

describe("ResultStream", () => {
  it("gives credit back as items are taken, not as they arrive", async () => {
    const { stream, told } = open();
    const bytes = frames("a".repeat(100), "b".repeat(100));
    stream.push(bytes);
    expect(told.consumed).toBe(0);
    await stream.next();
    expect(told.consumed).toBe(bytes.length / 2);
    await stream.next();
    expect(told.consumed).toBe(bytes.length);
  });

  it("gives credit at once for an item that is not complete: it may be larger than the window", async () => {
    const { stream, told } = open();
    const bytes = frames("a".repeat(1_000));
    stream.push(bytes.subarray(0, 600));
    expect(told.consumed).toBe(600);
    stream.push(bytes.subarray(600));
    expect(await stream.next()).toEqual({ done: false, value: "a".repeat(1_000) });
    expect(told.consumed).toBe(bytes.length);
  });

  it("serves several readers that wait, in order, and then the end", async () => {
    const { stream } = open();
    const asked = [stream.next(), stream.next(), stream.next()];
    stream.push(frames(1, 2));
    stream.finish();
    expect(await Promise.all(asked)).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
  });

  it("tells an error once, after the items that came before it", async () => {
    const { stream } = open();
    stream.push(frames(1));
    stream.fail(new Error("broken"));
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    await expect(stream.next()).rejects.toThrow("broken");
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("tells the far side once when its reader leaves, and nothing when all had come", async () => {
    const left = open();
    left.stream.push(frames(1, 2, 3));
    for await (const item of left.stream) if (item === 1) break;
    expect(left.told.returned).toBe(1);
    expect(await left.stream.next()).toEqual({ done: true, value: undefined });

    const whole = open();
    whole.stream.push(frames(1));
    whole.stream.finish();
    for await (const item of whole.stream) expect(item).toBe(1);
    expect(whole.told.returned).toBe(0);
  });

  it("refuses an item over the limit and an end in the middle of one", () => {
    const { stream } = open();
    expect(() => stream.push(Buffer.from([0xff, 0xff, 0xff, 0x7f]))).toThrow(/over the limit/);
    const cut = open();
    cut.stream.push(frames("abc").subarray(0, 5));
    expect(() => cut.stream.finish()).toThrow(/into an item/);
  });
});
