import { option, type OptionDoc } from "./option-doc.ts";

/** Replicas of several members. */
export const placementOptionDocs: readonly OptionDoc[] = [
  option("placement_group_bundles", "Bundles", "restart", {
    meaning:
      "A replica of several members, one per bundle, placed all or not at all. `ray_actor_options` must fit into the first one.",
    default: "null (one member)",
    range:
      "a list of {CPU, GPU, memory, `accelerator_type:<model>`, names of your own}; not with `max_replicas_per_node`",
    example: "[{CPU: 1, GPU: 1}, {GPU: 1}]",
  }),
  option("placement_group_strategy", "Strategy", "restart", {
    meaning:
      "Whether members share nodes: on as few as possible (PACK) or as many (SPREAD); STRICT_ = on one node only, or each on its own. Without bundles `ray_actor_options` are the one bundle.",
    default: "PACK",
    range: "`PACK`, `SPREAD`, `STRICT_PACK`, `STRICT_SPREAD`",
    example: "STRICT_SPREAD",
  }),
  option("placement_group_bundle_label_selector", "Node labels of bundles", "restart", {
    meaning: "Labels of the nodes that may have the bundles.",
    default: "null (any)",
    range: "one selector for all, or one for each bundle",
    example: "[{zone: a}]",
  }),
  option("placement_group_fallback_strategy", "Other bundles", "restart", {
    meaning: "Bundles or selectors tried in order while the first wish has no room. As many bundles as there.",
    default: "null (none)",
    range: "a list of {bundles, bundle_label_selector}",
    example: "[{bundle_label_selector: [{zone: b}]}]",
  }),
];
