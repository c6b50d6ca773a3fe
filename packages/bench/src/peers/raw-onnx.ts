import { join } from "node:path";
import { loadMlp } from "../model/mlp-model.ts";
import { startProcess } from "./child-process.ts";
import type { Peer } from "./peer.ts";

const script = join(import.meta.dirname, "../../peers/onnx/loop.mjs");

/** ONNX Runtime on one thread with a full batch always at hand: what no server can be faster than. */
export const rawOnnx: Peer = {
  name: "raw onnxruntime",
  runsAlone: false,
  missing: async () => undefined,
  start: async () => {
    const { path } = await loadMlp();
    const loop = startProcess(process.execPath, [script, path]);
    await loop.nextLine();
    return {
      name: rawOnnx.name,
      endpoints: {},
      rootPids: [loop.pid],
      runLoop: async (durationMs) => {
        loop.child.stdin?.write(`${String(durationMs)}\n`);
        return Number(await loop.nextLine());
      },
      [Symbol.asyncDispose]: async () => loop[Symbol.asyncDispose](),
    };
  },
};
