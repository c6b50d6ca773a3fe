import type { Workload } from "../measurement.ts";
import { batching } from "./batching.ts";
import { bodies } from "./bodies.ts";
import { coldStart } from "./cold-start.ts";
import { memory } from "./memory.ts";
import { noop } from "./noop.ts";
import { pipeline } from "./pipeline.ts";
import { stream } from "./stream.ts";
import { uploadMemory } from "./upload-memory.ts";

/** In the order of measuring: what starts new replicas comes last. */
export const allWorkloads: readonly Workload[] = [
  noop,
  bodies,
  stream,
  pipeline,
  batching,
  memory,
  uploadMemory,
  coldStart,
];
