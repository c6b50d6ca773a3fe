/**
 * The model without any server: batches of 32 as fast as one thread runs them. Each line on stdin is a number of milliseconds;
 * the answer is items a second.
 */
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [, , path = ""] = process.argv;
const rows = 32;
const width = 1024;
const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const values = Float32Array.from({ length: rows * width }, (_, index) => Math.sin(index));
const feeds = { x: new Tensor("float32", values, [rows, width]) };
await session.run(feeds);
process.stdout.write("ready\n");

for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const durationMs = Number(line);
  let items = 0;
  let now = start;
  for (; now - start < durationMs; now = performance.now()) {
    await session.run(feeds);
    items += rows;
  }
  process.stdout.write(`${(items * 1000) / (now - start)}\n`);
}
