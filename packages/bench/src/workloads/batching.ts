import type { Point, Workload } from "../measurement.ts";
import { wrkPoint } from "./over-wrk.ts";

const connections = 64;

const served = wrkPoint({
  id: "batching/64",
  label: `${String(connections)} clients, one item each`,
  connections,
  request: ({ endpoints }) => endpoints.mlp,
});

/** Served over HTTP, or run in a loop where there is no server: both answer items a second. */
const servedOrLooped: Point = {
  ...served,
  fits: (peer) => peer.runLoop !== undefined || served.fits(peer),
  measure: async (peer, settings) => {
    if (peer.runLoop === undefined) return served.measure(peer, settings);
    return { values: { rate: await peer.runLoop(settings.seconds * 1000) }, errors: 0 };
  },
};

export const batching: Workload = {
  id: "batching",
  title: "Batching: MLP 4 x 1024 x 1024, one thread",
  method: `${String(connections)} clients send one item of 1024 float32 at a time (Sluice: Open Inference Protocol with binary tensors; Ray: raw bytes); the raw loop always runs full batches of 32`,
  points: [servedOrLooped],
};
