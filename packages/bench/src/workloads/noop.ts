import { get } from "../load/wrk.ts";
import type { Workload } from "../measurement.ts";
import { openLoopPoint } from "./over-open-loop.ts";
import { wrkPoint } from "./over-wrk.ts";

/** Nothing is computed: what is measured is the way in and back. */
export const noop: Workload = {
  id: "noop",
  title: "No-op, one replica",
  method: "GET of a small JSON answer; closed loop by wrk; the open loop at a fixed rate far below saturation",
  points: [
    ...[1, 16, 64, 512].map((connections) =>
      wrkPoint({
        id: `noop/${String(connections)}`,
        label: connections === 1 ? "1 connection" : `${String(connections)} connections`,
        connections,
        request: ({ endpoints }) => (endpoints.noop === undefined ? undefined : get(endpoints.noop)),
      }),
    ),
    openLoopPoint({ id: "noop/open", ratePerSecond: 1000, url: ({ endpoints }) => endpoints.noop }),
  ],
};
