import type { TensorDescription } from "@sluice/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readByteStrings, writeByteStrings } from "./byte-strings.ts";
import { InferReader } from "./read-infer.ts";
import { writeInfer } from "./write-infer.ts";

const x: TensorDescription = { name: "x", datatype: "float32", shape: ["batch", 2] };
const t: TensorDescription = { name: "t", datatype: "string", shape: ["batch"] };
const y: TensorDescription = { name: "y", datatype: "float32", shape: ["batch", 2] };
const reader = new InferReader([x], [y, { ...t, name: "z" }]);
const input = { name: "x", shape: [1, 2], datatype: "FP32", data: [1, 2] };
const read = (body: unknown) => reader.read(Buffer.from(JSON.stringify(body)), undefined);
const binaryOf = (json: object, ...parts: Uint8Array[]) => {
  const head = Buffer.from(JSON.stringify(json));
  return { body: Buffer.concat([head, ...parts]), length: String(head.length) };
};

describe("a request in JSON", () => {
  it("is read flat and nested alike", () => {
    const flat = read({ id: "a", inputs: [input] });
    expect(flat).toEqual({ ...read({ id: "a", inputs: [{ ...input, data: [[1, 2]] }] }), plan: expect.anything() });
    expect(flat.plan).toMatchObject({
      id: "a",
      outputs: [
        { name: "y", isBinary: false },
        { name: "z", isBinary: false },
      ],
    });
    expect(new Float32Array((flat.tensors[0]?.data as Uint8Array).slice().buffer)).toEqual(Float32Array.of(1, 2));
  });

  it.each([
    [{}, /`inputs` is wrong: `inputs` is a list/],
    [[], /The request is wrong/],
    [{ inputs: [] }, /Input "x" is missing. Wanted "x": float32 \[batch, 2\]; given: nothing/],
    [{ inputs: [input, input] }, /Input "x" is given twice/],
    [{ inputs: [input, { ...input, name: "q" }] }, /no input "q"/],
    [{ inputs: [{ ...input, datatype: "FP64" }] }, /wants the datatype FP32; given "FP64"/],
    [{ inputs: [{ ...input, shape: [1, 3] }] }, /wants shape \[batch, 2\]; given \[1, 3\]/],
    [{ inputs: [{ ...input, shape: [-1, 2] }] }, /`inputs.0.shape.0` is wrong/],
    [{ inputs: [{ ...input, data: [1] }] }, /of shape \[1, 2\] has 2 values; given are 1/],
    [{ inputs: [{ ...input, data: [1, 2, 3] }] }, /has 2 values; given are 3/],
    [{ inputs: [{ ...input, data: [[1], [2]] }] }, /given are arrays of shape \[2, 1\]/],
    [{ inputs: [{ ...input, data: [[1, 2], [3]] }] }, /nested arrays of unequal length/],
    [{ inputs: [{ ...input, data: [1, "2"] }] }, /given "2" at position 1/],
    [{ inputs: [{ ...input, data: undefined }] }, /neither `data` nor/],
    [{ inputs: [{ ...input, parameters: { binary_data_size: 8 } }] }, /both `data` and `binary_data_size`/],
    [{ inputs: [input], outputs: [{ name: "q" }] }, /no output "q". Its outputs: y, z/],
    [{ inputs: [input], outputs: [{ name: "y" }, { name: "y" }] }, /asked for twice/],
    [
      { inputs: [input], outputs: [{ name: "y", parameters: { classification: 3 } }] },
      /"classification" has no effect here: .*client/,
    ],
    [{ inputs: [input], outputs: [{ name: "y", parameters: { binary_data: 1 } }] }, /"binary_data" is true or false/],
    [{ inputs: [input], parameters: { priority: 2 } }, /Request: the parameter "priority" has no effect here/],
    [
      { inputs: [input], parameters: { colour: "red" } },
      /Request: the parameter "colour" has no effect here. Leave it out/,
    ],
    [{ inputs: [{ ...input, parameters: { shared_memory_region: "r" } }] }, /shared memory/],
    [{ id: 7, inputs: [input] }, /`id` is wrong: `id` is a text/],
  ])("%j is refused", (body, message) => {
    expect(() => read(body)).toThrow(message);
  });

  it("takes what clients send by habit and means nothing", () => {
    const parameters = { sequence_id: 0, sequence_start: false, sequence_end: false, priority: 0 };
    expect(read({ inputs: [{ ...input, parameters: { content_type: "np" } }], parameters }).tensors).toHaveLength(1);
  });

  it("chooses outputs in the order asked for, binary ones one by one or all", () => {
    const outputs = [{ name: "z", parameters: { binary_data: false } }, { name: "y" }];
    expect(read({ inputs: [input], outputs, parameters: { binary_data_output: true } }).plan.outputs).toEqual([
      { name: "z", isBinary: false },
      { name: "y", isBinary: true },
    ]);
  });
});

describe("a request with a binary part", () => {
  const json = { inputs: [{ name: "x", shape: [1, 2], datatype: "FP32", parameters: { binary_data_size: 8 } }] };
  const values = Buffer.from(Float32Array.of(1.5, -2).buffer);

  it("is a view of the body, also when its header was seen before", () => {
    const { body, length } = binaryOf(json, values);
    const [first, second] = [reader.read(body, length), reader.read(body, length)];
    expect(second.plan).toBe(first.plan);
    for (const { tensors } of [first, second]) {
      expect([...(tensors[0]?.data as Uint8Array)]).toEqual([...values]);
      expect((tensors[0]?.data as Uint8Array).buffer).toBe(body.buffer);
    }
  });

  it("owns its memory only where nothing else lies in it and its values are aligned", () => {
    const { body, length } = binaryOf(json, values);
    const alone = (padding: number) => {
      const head = Buffer.from(JSON.stringify(json) + " ".repeat(padding));
      const whole = Buffer.allocUnsafeSlow(head.length + values.length);
      head.copy(whole);
      values.copy(whole, head.length);
      return reader.read(whole, String(head.length)).tensors[0]?.isOwned ?? false;
    };
    const padding = (4 - (Number(length) % 4)) % 4;
    expect(alone(padding)).toBe(true);
    expect(alone(padding + 1)).toBe(false);
    expect(reader.read(Buffer.concat([Buffer.alloc(4), body]).subarray(4), length).tensors[0]?.isOwned).toBeUndefined();
  });

  it.each([
    ["-1", values, /Inference-Header-Content-Length/],
    ["0", values, /Inference-Header-Content-Length/],
    ["1e3", values, /Inference-Header-Content-Length/],
    ["9999", values, /Inference-Header-Content-Length/],
    ["5", values, /not valid JSON/],
    [undefined, values.subarray(1), /ends 1 bytes before the end of input "x"/],
    [undefined, Buffer.concat([values, values]), /8 bytes more than the inputs say/],
  ])("with header length %s is refused", (length, part, message) => {
    const whole = binaryOf(json, part);
    expect(() => reader.read(whole.body, length ?? whole.length)).toThrow(message);
  });

  it.each([
    [7, /has 8 bytes; "binary_data_size" says 7/],
    [-1, /is a number of bytes, not -1/],
    ["8", /is a number of bytes, not "8"/],
  ])("of size %s is refused", (binary_data_size, message) => {
    const { body, length } = binaryOf({ inputs: [{ ...json.inputs[0], parameters: { binary_data_size } }] }, values);
    expect(() => reader.read(body, length)).toThrow(message);
  });

  it("never does anything but read or refuse, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ maxLength: 6 }), (bytes, length) => {
        try {
          reader.read(Buffer.from(bytes), length);
        } catch (error) {
          expect(error).toMatchObject({ code: "request/invalid" });
        }
      }),
    );
  });
});

it("refuses bytes of BOOL that are neither true nor false", () => {
  const flags = new InferReader([{ name: "x", datatype: "bool", shape: [2] }], [y]);
  const inputs = [{ name: "x", shape: [2], datatype: "BOOL", parameters: { binary_data_size: 2 } }];
  const { body, length } = binaryOf({ inputs }, Buffer.from([1, 2]));
  expect(() => flags.read(body, length)).toThrow(/byte 1 is 2/);
});

describe("BYTES", () => {
  it("are read as they were written", () => {
    const text = fc
      .array(fc.constantFrom("a", "é", "日本", "😀", " ", "\n"), { maxLength: 8 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
        expect(readByteStrings("t", writeByteStrings(texts), texts.length)).toEqual(texts);
      }),
    );
  });

  it.each([
    [Buffer.from([2, 0, 0, 0, 0x61]), 1, /element 0 is longer/],
    [Buffer.from([1, 0, 0]), 1, /element 0 is longer/],
    [Buffer.from([1, 0, 0, 0, 0xff]), 1, /element 0 is not UTF-8/],
    [Buffer.from([1, 0, 0, 0, 0]), 1, /zero byte/],
    [Buffer.from([0, 0, 0, 0]), 2, /has 2 elements by its shape; its bytes hold 1/],
  ])("%j as %d elements are refused", (bytes, count, message) => {
    expect(() => readByteStrings("t", bytes, count)).toThrow(message);
  });
});

describe("an answer", () => {
  it("has 64-bit integers with all their digits, and the id that came", () => {
    const data = new Uint8Array(BigInt64Array.of(2n ** 60n).buffer);
    const plan = { id: "", inputs: [], outputs: [{ name: "n", isBinary: false }] };
    const answer = writeInfer({ name: "m", version: "3" }, plan, [{ name: "n", datatype: "int64", shape: [1], data }]);
    expect(answer.kind === "http" ? answer.body?.toString() : "").toBe(
      '{"model_name":"m","model_version":"3","id":"","outputs":[{"name":"n","datatype":"INT64","shape":[1],"data":[1152921504606846976]}]}',
    );
  });
});
