/** What a person can send as it stands: bodies by operation, parameters by name. */
import { cnnSha, specInput } from "./example-spec.ts";

export const bodyExamples: Readonly<Record<string, unknown>> = {
  putApplication: specInput,
  rollbackApplication: { revision: 1, message: "revision 2 is slower" },
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
  "path id": "k3v9s2aq",
  "path sha256": cnnSha,
  "diffRevisions from": 1,
  "diffRevisions to": 2,
  "uploadBundle name": "digits-cnn.onnx",
  "queryMetrics metric": "throughput,latency_p99",
};
