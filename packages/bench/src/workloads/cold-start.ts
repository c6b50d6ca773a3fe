import type { Point, Workload } from "../measurement.ts";
import type { ColdRuntime } from "../peers/peer.ts";

/** Of one more replica beside one that serves. */
export const coldStart: Workload = {
  id: "cold-start",
  title: "Replica cold start, and memory of a new replica",
  method:
    "one replica is added to a deployment and taken away again; from wanted to ready; VmRSS of its process 2 s later",
  points: [point("node", "`node` runtime, no-op"), point("onnx", "`onnx` runtime, digits")],
};

function point(runtime: ColdRuntime, label: string): Point {
  return {
    id: `cold-start/${runtime}`,
    label,
    metrics: [
      { name: "ready", unit: "ms" },
      { name: "resident", unit: "MB" },
    ],
    fits: ({ growByOne, coldRuntimes }) => growByOne !== undefined && coldRuntimes?.includes(runtime) === true,
    measure: async ({ growByOne }) => {
      const added = await growByOne?.(runtime);
      if (added === undefined) throw new Error("this side cannot add a replica");
      return { values: { ready: added.readyMs, resident: added.residentBytes / 1e6 }, errors: 0 };
    },
  };
}
