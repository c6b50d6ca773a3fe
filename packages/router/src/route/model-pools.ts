import type { RoutedPool, RoutedVariant, RoutingSlice } from "@sluice/contracts";
import { resolvePool } from "./resolve-pool.ts";

/** A variant of an application that is one model, with the pool that runs it. */
export interface ModelVariant {
  readonly variant: RoutedVariant;
  readonly pool: RoutedPool;
}

/** The ingress pool of a revision, when it runs a model file. */
export function modelPoolOf(slice: RoutingSlice, revision: number): RoutedPool | undefined {
  const pool = resolvePool(slice, revision);
  return pool?.runtime === "onnx" ? pool : undefined;
}

/** Variants with weight whose ingress is a model. */
function modelVariants(slice: RoutingSlice): readonly ModelVariant[] {
  return slice.variants.flatMap((variant) => {
    const pool = variant.weight > 0 ? modelPoolOf(slice, variant.revision) : undefined;
    return pool === undefined ? [] : [{ variant, pool }];
  });
}

/** An application that is a model, with what every request for it needs. */
export interface RoutedModel {
  readonly slice: RoutingSlice;
  readonly variants: readonly ModelVariant[];
}

/** Undefined when no revision of the application has a model as its ingress. */
export function compileModel(slice: RoutingSlice): RoutedModel | undefined {
  return modelVersions(slice).length === 0 ? undefined : { slice, variants: modelVariants(slice) };
}

/** Revisions that can be asked for by number: versions in the words of the Open Inference Protocol. */
export function modelVersions(slice: RoutingSlice): readonly string[] {
  return Object.keys(slice.revisions)
    .filter((revision) => modelPoolOf(slice, Number(revision)) !== undefined)
    .sort((a, b) => Number(a) - Number(b));
}
