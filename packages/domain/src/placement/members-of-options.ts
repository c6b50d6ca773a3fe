import type { MemberWish, PlacementStrategy, PlacementWish } from "./placement.ts";
import { resourcesOfOptions } from "./resources.ts";

/** What one member asks for, under the names of the options. */
interface MemberOptions {
  readonly num_cpus: number;
  readonly num_gpus: number;
  readonly memory: number;
  readonly resources: Readonly<Record<string, number>>;
  readonly accelerator_type?: string | null;
  readonly label_selector?: Readonly<Record<string, string>>;
}

/** The part of a resolved deployment that decides where its replicas go. */
export interface PlacementOptions {
  readonly ray_actor_options: MemberOptions & {
    readonly fallback_strategy?: readonly { readonly label_selector: Readonly<Record<string, string>> }[];
  };
  readonly vram_bytes?: number | null;
  readonly placement?:
    | {
        readonly bundles: readonly MemberOptions[];
        readonly strategy: PlacementStrategy;
        readonly fallback: readonly { readonly bundles: readonly MemberOptions[] }[];
      }
    | undefined;
}

/** Where a wish comes from: a plain deployment is one member, one with bundles has a member for each. */
export function membersOfOptions(
  options: PlacementOptions,
): Required<Pick<PlacementWish, "members" | "strategy" | "fallbacks">> {
  const { placement, ray_actor_options: actor } = options;
  const vramBytes = options.vram_bytes ?? null;
  if (placement !== undefined) {
    return {
      members: placement.bundles.map((bundle) => memberOf(bundle, vramBytes)),
      strategy: placement.strategy,
      fallbacks: placement.fallback.map(({ bundles }) => bundles.map((bundle) => memberOf(bundle, vramBytes))),
    };
  }
  const fallbacks = (actor.fallback_strategy ?? []).map(({ label_selector }) => [
    memberOf({ ...actor, label_selector }, vramBytes),
  ]);
  return { members: [memberOf(actor, vramBytes)], strategy: "PACK", fallbacks };
}

function memberOf(options: MemberOptions, vramBytes: number | null): MemberWish {
  return {
    resources: resourcesOfOptions(options),
    labelSelector: options.label_selector ?? {},
    acceleratorType: options.accelerator_type ?? null,
    // Only members that have a GPU hold a part of the model.
    vramBytes: options.num_gpus > 0 ? vramBytes : null,
  };
}
