/** Ray Serve's placement group options: a replica of several members, each with a bundle of resources. */
import { z } from "zod";
import { LabelSelector } from "./actor-options.ts";

export const placementStrategies = ["PACK", "SPREAD", "STRICT_PACK", "STRICT_SPREAD"] as const;
export type PlacementStrategy = (typeof placementStrategies)[number];

/** One member's resources under Ray's names: `CPU`, `GPU`, `memory` (bytes), `accelerator_type:<model>`, names of your own. */
export const ResourceBundle = z
  .record(z.string(), z.number("An amount.").nonnegative("At least 0."))
  .superRefine((bundle, context) => {
    const gpus = bundle["GPU"] ?? 0;
    if (!Object.values(bundle).some((amount) => amount > 0))
      context.addIssue("Needs an amount above 0, for example {CPU: 1}.");
    if (gpus > 1 && !Number.isInteger(gpus)) {
      context.addIssue({
        code: "custom",
        path: ["GPU"],
        message: "Up to 1 a fraction is fine; above it, whole GPUs only.",
      });
    }
    for (const name of Object.keys(bundle)) {
      const instead = misnamed[name];
      if (instead !== undefined) context.addIssue({ code: "custom", path: [name], message: instead });
    }
    if (Object.keys(bundle).filter(isAcceleratorName).length > 1) context.addIssue("One GPU model per bundle.");
  });

const misnamed: Readonly<Record<string, string>> = {
  num_cpus: "In a bundle it is called `CPU`.",
  num_gpus: "In a bundle it is called `GPU`.",
  cpu: "In a bundle it is called `CPU`.",
  gpu: "In a bundle it is called `GPU`.",
  object_store_memory: "There is no object store. Leave it out.",
};

const acceleratorPrefix = "accelerator_type:";

export function isAcceleratorName(name: string): boolean {
  return name.startsWith(acceleratorPrefix);
}

/** `accelerator_type:A100` -> `A100` */
export function acceleratorOf(name: string): string {
  return name.slice(acceleratorPrefix.length);
}

export const ResourceBundles = z
  .array(ResourceBundle)
  .min(1, "At least one bundle, for example [{CPU: 1}].")
  .max(64, "At most 64 bundles.");
export const PlacementStrategy = z.enum(placementStrategies, "`PACK`, `SPREAD`, `STRICT_PACK` or `STRICT_SPREAD`.");
/** One for all bundles, or one for each. */
export const BundleSelectors = z.array(LabelSelector).min(1, "One for all bundles, or one for each.");

/** Tried in order while the bundles have no room; what is left out is as in the first wish. */
export const PlacementFallback = z.strictObject({
  bundles: ResourceBundles.optional(),
  bundle_label_selector: BundleSelectors.optional(),
});

const ResolvedBundle = z.strictObject({
  num_cpus: z.number(),
  num_gpus: z.number(),
  memory: z.number(),
  resources: z.record(z.string(), z.number()),
  label_selector: z.record(z.string(), z.string()),
  accelerator_type: z.string().nullable(),
});
export type ResolvedBundle = z.infer<typeof ResolvedBundle>;

/** ResourceBundles in the order of the members' ranks. Every fallback has as many. */
export const ResolvedPlacement = z.strictObject({
  bundles: z.array(ResolvedBundle).min(1),
  strategy: z.enum(placementStrategies),
  fallback: z.array(z.strictObject({ bundles: z.array(ResolvedBundle).min(1) })),
});
export type ResolvedPlacement = z.infer<typeof ResolvedPlacement>;
