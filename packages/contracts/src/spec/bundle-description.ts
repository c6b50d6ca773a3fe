import { z } from "zod";
import { Name } from "../names.ts";
import { DeploymentSpec } from "./deployment-options.ts";

/** A model's input or output: `shape` has names for free dimensions, e.g. ["batch", 64]. */
export const TensorDescription = z.object({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.union([z.string(), z.number()])),
});
export type TensorDescription = z.infer<typeof TensorDescription>;

export const DescribedDeployment = z.object({
  /** Options as the code declares them; the spec is laid over these. */
  options: DeploymentSpec,
  /** Deployments whose handles this one receives in bind(). */
  outbound: z.array(Name),
  /** Method names callers may use; `fetch` for an HTTP ingress. */
  methods: z.array(z.string()),
  /** Platform hooks the class has, e.g. `reconfigure`; absent = not looked at. */
  hooks: z.array(z.string()).optional(),
  /** A model of the bundle that code put into its graph: the file inside the application's own bundle. */
  modelFile: z.string().optional(),
  inputs: z.array(TensorDescription).optional(),
  outputs: z.array(TensorDescription).optional(),
});
export type DescribedDeployment = z.infer<typeof DescribedDeployment>;

/** What a short-lived process on a node found when it imported the user's code or opened the model. */
export const BundleDescription = z.object({
  ingress: Name,
  deployments: z.array(DescribedDeployment).min(1),
});
export type BundleDescription = z.infer<typeof BundleDescription>;

/** What has to be described; equal requests share one cached description (key: canonical JSON). */
export const DescribeRequest = z.object({
  runtime: z.enum(["node", "onnx", "process"]),
  /** sha256; empty for a process without files of its own. */
  bundle: z.string(),
  /** node: `module:attribute`; onnx: file inside the bundle, empty for a bundle that is one file; process: empty. */
  importPath: z.string(),
  args: z.record(z.string(), z.json()),
  envVars: z.record(z.string(), z.string()),
});
export type DescribeRequest = z.infer<typeof DescribeRequest>;

export const DescribeResult = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), description: BundleDescription }),
  z.object({ ok: z.literal(false), message: z.string(), stack: z.string().optional() }),
]);
export type DescribeResult = z.infer<typeof DescribeResult>;
