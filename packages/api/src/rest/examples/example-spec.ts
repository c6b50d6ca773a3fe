/** The application that every example of the API is about: the digits model that comes with Sluice, deployed twice. */
import { ApplicationSpec, resolveDeployments } from "@sluice/contracts";
import type { ApplicationSpecInput, BundleDescription, ResolvedDeployment } from "@sluice/contracts";

/** sha256 of `packages/examples/digits/digits-logreg.onnx` and `digits-cnn.onnx`; a test compares them with the files. */
export const logregSha = "73d222334b109f9e75adae428631d9a1cdbfc39d1e82b39c58a2bde2c23b5159";
export const cnnSha = "44cd70305f27505da66e1b5edc1cf8a48342caf838d448ac8959f8da788abb69";

export const specInput: ApplicationSpecInput = {
  name: "digits",
  route_prefix: "/digits",
  deployments: [
    {
      name: "classifier",
      runtime: "onnx",
      model: `bundle:${cnnSha}`,
      num_replicas: 2,
      max_ongoing_requests: 64,
      ray_actor_options: { num_cpus: 0.25 },
    },
  ],
};

export const specYaml = `name: digits
route_prefix: /digits
deployments:
- name: classifier
  runtime: onnx
  model: bundle:${cnnSha}
  num_replicas: 2
  max_ongoing_requests: 64
  ray_actor_options:
    num_cpus: 0.25
`;

export const spec: ApplicationSpec = ApplicationSpec.parse(specInput);

export const description: BundleDescription = {
  ingress: "classifier",
  deployments: [
    {
      options: { name: "classifier", runtime: "onnx" },
      outbound: [],
      methods: ["infer"],
      inputs: [{ name: "pixels", datatype: "FP32", shape: ["batch", 64] }],
      outputs: [
        { name: "probabilities", datatype: "FP32", shape: ["batch", 10] },
        { name: "label", datatype: "INT64", shape: ["batch"] },
      ],
    },
  ],
};

function resolve(): ResolvedDeployment[] {
  const resolution = resolveDeployments(spec, description);
  return resolution.ok ? [...resolution.deployments] : [];
}

export const resolved: readonly ResolvedDeployment[] = resolve();

/** A fixed day, so that the document is the same at every start. */
export const at = (time: string): string => `2026-03-02T${time}.000Z`;
