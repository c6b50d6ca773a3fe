/** ONNX Runtime without a server: full batches as fast as one thread runs them. A message is a number of milliseconds. */
import { InferenceSession, Tensor } from "onnxruntime-node";

const width = 1024;
const rawRows = 32;
const modelPath = process.argv[2] ?? "";
const session = await InferenceSession.create(modelPath, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const data = Float32Array.from({ length: rawRows * width }, (_, at) => Math.sin(at));
const feeds = { x: new Tensor("float32", data, [rawRows, width]) };
process.on("message", (durationMs: number) => {
  void (async () => {
    const cpu = process.cpuUsage();
    const startedMs = performance.now();
    let items = 0;
    for (; performance.now() - startedMs < durationMs; items += rawRows) await session.run(feeds);
    const { user, system } = process.cpuUsage(cpu);
    process.send?.({ rate: (items * 1_000) / (performance.now() - startedMs), cpuUs: (user + system) / items });
  })();
});
process.once("disconnect", () => process.exit(0));
process.send?.("ready");
