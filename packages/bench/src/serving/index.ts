import type { Proof } from "../proof.ts";
import { comparisonProofs } from "./comparison-proofs.ts";
import { edgeProof } from "./edge.ts";
import { killProof } from "./kill.ts";
import { testsProof } from "./tests-proof.ts";

/** Lines of the serving core's acceptance list, by its numbers; comparisons also by workload. */
export const servingProofs: readonly Proof[] = [
  ...comparisonProofs,
  killProof,
  edgeProof,
  testsProof("serving.2", "Pipelines: real text through the gateway, typed handles, a trace with each hop", [
    "packages/sdk/src/types.test.ts",
    "packages/examples",
    "packages/replica/test/handles.process.test.ts",
  ]),
  testsProof("serving.3", "Hangs, slow readers, aborts, garbage, large bodies, idle connections, swaps under load", [
    "apps/gateway",
    "packages/wire",
    "packages/router/src/pool",
  ]),
  testsProof("serving.4", "Batch semantics of Ray Serve against ours, multiplexing, batches of models", [
    "packages/sdk/src/batch",
    "packages/sdk/src/multiplex",
    "packages/replica/src/onnx/batching",
    "packages/replica/test/model-options.process.test.ts",
  ]),
  testsProof("serving.5", "Open Inference Protocol v2: endpoints and datatypes, JSON and binary", [
    "packages/replica/src/onnx",
    "packages/replica/test/model-protocol.process.test.ts",
    "packages/router/src/route",
  ]),
  testsProof("serving.6", "What a person reads when queue, batch or retry acted on a request", [
    "packages/replica/src/serve",
    "packages/router/src/decide-retry.test.ts",
    "apps/gateway/test/gateway.process.test.ts",
  ]),
];
