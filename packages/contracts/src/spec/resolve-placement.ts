/** From Ray's placement group options to the members of a replica, and what does not fit together in them. */
import type { z } from "zod";
import type { LabelSelector, ResolvedActorOptions } from "./actor-options.ts";
import type { DeploymentSpec } from "./deployment-options.ts";
import type { OptionIssue } from "./option-conflicts.ts";
import { acceleratorOf, isAcceleratorName } from "./placement-options.ts";
import type { ResourceBundle, ResolvedBundle, ResolvedPlacement } from "./placement-options.ts";

type Written = Pick<
  DeploymentSpec,
  | "placement_group_bundles"
  | "placement_group_strategy"
  | "placement_group_bundle_label_selector"
  | "placement_group_fallback_strategy"
  | "max_replicas_per_node"
>;
type Bundles = readonly z.infer<typeof ResourceBundle>[];

export interface PlacementAnswer {
  readonly placement?: ResolvedPlacement;
  readonly issues: readonly OptionIssue[];
  readonly warnings: readonly OptionIssue[];
}

/** `actor` is what rank 0 asks for; it must fit into bundle 0. */
export function resolvePlacement(written: Written, actor: ResolvedActorOptions): PlacementAnswer {
  const bundles = written.placement_group_bundles ?? undefined;
  if (bundles === undefined) return resolveWithoutBundles(written, actor);
  const selectors = written.placement_group_bundle_label_selector ?? undefined;
  const wishes = [
    { bundles, selectors, at: ["placement_group_bundles"], selectorsAt: ["placement_group_bundle_label_selector"] },
    ...(written.placement_group_fallback_strategy ?? []).map((entry, index) => {
      const at = ["placement_group_fallback_strategy", index];
      return {
        bundles: entry.bundles ?? bundles,
        selectors: entry.bundle_label_selector ?? selectors,
        at: [...at, "bundles"],
        selectorsAt: [...at, "bundle_label_selector"],
      };
    }),
  ];
  const issues = [
    ...wishes.flatMap((wish) => [
      ...countIssues(bundles, wish),
      ...actorIssues(actor, wish.bundles[0] ?? {}, [...wish.at, 0]),
      ...selectorIssues(actor, wish),
    ]),
    ...perNodeIssue(written),
    ...actorFallbackIssue(actor),
  ];
  const [first = [], ...others] = wishes.map((wish) => membersOf(wish.bundles, wish.selectors, actor));
  const strategy = written.placement_group_strategy ?? "PACK";
  return {
    placement: { bundles: first, strategy, fallback: others.map((each) => ({ bundles: each })) },
    issues,
    warnings: [],
  };
}

function resolveWithoutBundles(written: Written, actor: ResolvedActorOptions): PlacementAnswer {
  const issues = (["placement_group_bundle_label_selector", "placement_group_fallback_strategy"] as const).flatMap(
    (name) =>
      (written[name] ?? null) === null
        ? []
        : [{ path: [name], detail: `Needs \`placement_group_bundles\`; for one process write \`ray_actor_options\`.` }],
  );
  const { placement_group_strategy: strategy } = written;
  if (strategy === undefined) return { issues, warnings: [] };
  const { fallback_strategy: fallback, ...bundle } = actor;
  const detail = `\`placement_group_strategy: ${strategy}\` without bundles is taken as one bundle of \`ray_actor_options\`.`;
  const placement: ResolvedPlacement = {
    bundles: [bundle],
    strategy,
    fallback: fallback.map(({ label_selector }) => ({ bundles: [{ ...bundle, label_selector }] })),
  };
  return { placement, issues, warnings: [{ path: ["placement_group_strategy"], detail }] };
}

interface Wish {
  readonly bundles: Bundles;
  readonly selectors: readonly LabelSelector[] | undefined;
  readonly at: readonly PropertyKey[];
  readonly selectorsAt: readonly PropertyKey[];
}

function membersOf(bundles: Bundles, selectors: Wish["selectors"], actor: ResolvedActorOptions): ResolvedBundle[] {
  return bundles.map((bundle, rank) => {
    const { CPU = 0, GPU = 0, memory = 0, ...rest } = bundle;
    const named = Object.keys(rest).find(isAcceleratorName);
    const custom = Object.entries(rest).filter(([name, amount]) => !isAcceleratorName(name) && amount > 0);
    const selector = (selectors?.length === 1 ? selectors[0] : selectors?.[rank]) ?? {};
    return {
      num_cpus: CPU,
      num_gpus: GPU,
      memory,
      resources: Object.fromEntries(custom),
      label_selector: rank === 0 ? { ...actor.label_selector, ...selector } : selector,
      accelerator_type: named === undefined ? (rank === 0 ? actor.accelerator_type : null) : acceleratorOf(named),
    };
  });
}

function countIssues(first: Bundles, { bundles, selectors, at, selectorsAt }: Wish): OptionIssue[] {
  const issues: OptionIssue[] = [];
  if (bundles.length !== first.length) {
    issues.push({
      path: at,
      detail: `As many as \`placement_group_bundles\`: ${first.length}. Here are ${bundles.length}.`,
    });
  }
  if (selectors !== undefined && selectors.length !== 1 && selectors.length !== bundles.length) {
    issues.push({
      path: selectorsAt,
      detail: `One for all bundles, or one for each: ${bundles.length}. Here are ${selectors.length}.`,
    });
  }
  return issues;
}

/** As in Ray: rank 0 lives inside bundle 0. */
function actorIssues(actor: ResolvedActorOptions, bundle: Bundles[number], at: readonly PropertyKey[]): OptionIssue[] {
  const asked: [string, string, number][] = [
    ["num_cpus", "CPU", actor.num_cpus],
    ["num_gpus", "GPU", actor.num_gpus],
    ["memory", "memory", actor.memory],
    ...Object.entries(actor.resources).map(([name, amount]): [string, string, number] => [name, name, amount]),
  ];
  return asked.flatMap(([option, name, amount]) => {
    const has = bundle[name] ?? 0;
    if (amount <= has) return [];
    const detail = `\`ray_actor_options\` asks for ${option} ${amount}, which must fit into the first bundle; that has ${name} ${has}.`;
    return [{ path: at, detail }];
  });
}

function selectorIssues(actor: ResolvedActorOptions, { selectors, selectorsAt }: Wish): OptionIssue[] {
  const own = selectors?.[0] ?? {};
  return Object.entries(actor.label_selector).flatMap(([label, value]) =>
    own[label] === undefined || own[label] === value
      ? []
      : [
          {
            path: [...selectorsAt, 0, label],
            detail: `\`ray_actor_options.label_selector\` says something else for the same bundle. Write one of the two.`,
          },
        ],
  );
}

function perNodeIssue({ max_replicas_per_node: limit }: Written): OptionIssue[] {
  if (limit === null || limit === undefined) return [];
  const detail =
    "Cannot be used with `placement_group_bundles`: `placement_group_strategy` says how members spread. Leave it out.";
  return [{ path: ["max_replicas_per_node"], detail }];
}

function actorFallbackIssue({ fallback_strategy: fallback }: ResolvedActorOptions): OptionIssue[] {
  if (fallback.length === 0) return [];
  const detail = "With `placement_group_bundles` write `placement_group_fallback_strategy`.";
  return [{ path: ["ray_actor_options", "fallback_strategy"], detail }];
}
