/** What one replica takes from its node, and which nodes may have it. */
import { z } from "zod";
import { RuntimeEnv } from "./runtime-env.ts";

/** Amounts of resources that nodes declare under names of their own. */
export const CustomResources = z.record(z.string(), z.number().positive("More than 0."));

/**
 * Label -> what it must be: `a`, `!a`, `in(a, b)`, `!in(a, b)`, as Ray writes them.
 */
export const LabelSelector = z.record(
  z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, "A label: letters, digits, `.`, `_`, `-`, `/`."),
  z
    .string()
    .regex(
      /^!?(?:in\(\s*[A-Za-z0-9._-]+(?:\s*,\s*[A-Za-z0-9._-]+)*\s*\)|[A-Za-z0-9._-]+)$/,
      "`value`, `!value`, `in(a,b)` or `!in(a,b)`.",
    ),
);
export type LabelSelector = z.infer<typeof LabelSelector>;

/** Tried in order when no node fits the selector. */
export const LabelFallback = z.strictObject({ label_selector: LabelSelector });

export const RayActorOptions = z.strictObject({
  num_cpus: z.number().nonnegative("At least 0. Fractions are fine, for example 0.25.").optional(),
  num_gpus: z
    .number()
    .nonnegative("At least 0.")
    .refine((gpus) => gpus <= 1 || Number.isInteger(gpus), "Up to 1 a fraction is fine; above it, whole GPUs only.")
    .optional(),
  memory: z.number().nonnegative("Bytes, at least 0.").optional(),
  resources: CustomResources.optional(),
  /** Model of the GPU as Ray names it: `A100`, `H100`, `L4`, `NVIDIA_TESLA_T4`. */
  accelerator_type: z.string().min(1, "A GPU model, for example A100.").nullable().optional(),
  label_selector: LabelSelector.nullable().optional(),
  fallback_strategy: z.array(LabelFallback).nullable().optional(),
  /** Only `env_vars`: laid over the application's, key by key. */
  runtime_env: RuntimeEnv.pick({ env_vars: true }).optional(),
});
export type RayActorOptions = z.infer<typeof RayActorOptions>;

/** The same with everything filled in. */
export const ResolvedActorOptions = z.strictObject({
  num_cpus: z.number(),
  num_gpus: z.number(),
  memory: z.number(),
  resources: z.record(z.string(), z.number()),
  accelerator_type: z.string().nullable().default(null),
  label_selector: z.record(z.string(), z.string()).default({}),
  fallback_strategy: z.array(z.strictObject({ label_selector: z.record(z.string(), z.string()) })).default([]),
});
export type ResolvedActorOptions = z.infer<typeof ResolvedActorOptions>;
