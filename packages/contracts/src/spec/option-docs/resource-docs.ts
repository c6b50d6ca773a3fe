import { option, type OptionDoc } from "./option-doc.ts";

/** What a replica takes from its node, and which node may have it. */
export const resourceOptionDocs: readonly OptionDoc[] = [
  option("ray_actor_options", "Resources", "restart", {
    meaning: "What one replica takes from its node.",
    default: "{num_cpus: 1}",
    range:
      "`num_cpus`, `num_gpus`, `memory`, `resources`, `accelerator_type`, `label_selector`, `fallback_strategy`, `runtime_env`",
    example: "{num_cpus: 0.25}",
  }),
  option("ray_actor_options.num_cpus", "CPUs", "restart", {
    meaning: "CPUs reserved for one replica. Fractions are fine. A model gets floor(num_cpus) threads, at least one.",
    default: "1",
    range: "at least 0",
    example: "0.25",
  }),
  option("ray_actor_options.num_gpus", "GPUs", "restart", {
    meaning: "GPUs reserved for one replica, which sees no others. A fraction shares a GPU.",
    default: "0",
    range: "at least 0; above 1 whole numbers",
    example: "1",
  }),
  option("ray_actor_options.memory", "Memory", "restart", {
    meaning: "Bytes of memory reserved for one replica. 0 = not accounted.",
    default: "0",
    range: "bytes, at least 0",
    example: "536870912",
  }),
  option("ray_actor_options.resources", "Custom resources", "restart", {
    meaning: "Amounts of resources that a node declares under names of your own.",
    default: "{}",
    range: "a number above 0 per name",
    example: "{camera: 1}",
  }),
  option("max_replicas_per_node", "Max replicas per node", "restart", {
    meaning: "At most so many replicas of this deployment on one node.",
    default: "null (no limit)",
    range: "1 to 100, or null",
    example: "1",
  }),
  option("ray_actor_options.accelerator_type", "GPU model", "restart", {
    meaning: "Only GPUs of this model, by the names that Ray gives them.",
    default: "null (any)",
    range: "a model: `A100`, `H100`, `L4`, `NVIDIA_TESLA_T4`",
    example: "A100",
  }),
  option("ray_actor_options.label_selector", "Node labels", "restart", {
    meaning: "Only nodes whose labels are as wanted.",
    default: "{}",
    range: "per label `value`, `!value`, `in(a,b)` or `!in(a,b)`",
    example: '{zone: "in(a,b)"}',
  }),
  option("ray_actor_options.fallback_strategy", "Other node labels", "restart", {
    meaning: "Selectors tried in order while no node fits `label_selector`.",
    default: "[]",
    range: "a list of {label_selector: ...}",
    example: "[{label_selector: {zone: c}}]",
  }),
  option("ray_actor_options.runtime_env", "Environment of the deployment", "restart", {
    meaning:
      "`env_vars` of this deployment, laid over those of the application key by key. Nothing else is taken here.",
    default: "{}",
    range: "`env_vars`",
    example: "{env_vars: {MODEL_NAME: large}}",
  }),
  option("vram_bytes", "GPU memory", "restart", {
    meaning: "GPU memory that one member needs: placed only where so much is free, and shown against it beforehand.",
    default: "null (not looked at)",
    range: "bytes, more than 0",
    example: "17179869184",
  }),
];
