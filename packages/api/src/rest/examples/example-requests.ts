/** What a person can send as it stands: bodies by operation, parameters by name. */
import { cnnSha, specInput } from "./example-spec.ts";

export const bodyExamples: Readonly<Record<string, unknown>> = {
  putApplication: specInput,
  rollbackApplication: { revision: 1, message: "revision 2 is slower" },
  scaleDeployment: { target_num_replicas: 3 },
  createJoinToken: { ttl_s: 3600, name: "gpu box in rack 2" },
  labelNode: { labels: { zone: "rack-2", spot: null } },
  putTraffic: {
    variants: [
      { revision: 1, weight: 90 },
      { revision: 2, weight: 10 },
    ],
  },
};

/** By place or operation. Values for what must be given; filters stay empty, a list is asked for as a whole first. */
export const parameterExamples: Readonly<Record<string, string | number>> = {
  "path name": "digits",
  "path number": 2,
  "path deployment": "classifier",
  "path id": "k3v9s2aq",
  "getNode id": "laptop",
  "cordonNode id": "laptop",
  "uncordonNode id": "laptop",
  "drainNode id": "laptop",
  "labelNode id": "laptop",
  "removeNode id": "laptop",
  "deleteJoinToken id": "8c1c7f0e-6d0b-4d0c-9a53-2f1f4f5b7a10",
  "path sha256": cnnSha,
  "diffRevisions from": 1,
  "diffRevisions to": 2,
  "uploadBundle name": "digits-cnn.onnx",
  "queryMetrics metric": "throughput,latency_p99",
};
