import type { Workload } from "../measurement.ts";
import { wrkPoint } from "./over-wrk.ts";

const connections = 16;
const text = "What a  GREAT day this is. I love the sea and the fine sand. The rest was of no account at all.";

/** Four deployments, three calls between them for each request, two of them side by side. */
export const pipeline: Workload = {
  id: "pipeline",
  title: "Pipeline: preprocess -> (sentiment || summary) -> combine",
  method: `${String(connections)} connections, closed loop by wrk, one replica of each deployment, no models`,
  points: [
    wrkPoint({
      id: "pipeline/16",
      label: `${String(connections)} connections`,
      connections,
      request: ({ endpoints }) =>
        endpoints.pipeline === undefined
          ? undefined
          : {
              url: endpoints.pipeline,
              method: "POST",
              headers: { "content-type": "application/json" },
              body: Buffer.from(JSON.stringify({ text })),
            },
    }),
  ],
};
