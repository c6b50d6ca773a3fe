/** Situations of placement on four nodes with declared resources, and what must come out of each. */
import type { Replica, IdleApplications } from "./idle-application.ts";

export const nodes = {
  a: [
    "--num-cpus=4",
    "--num-gpus=4",
    "--gpu-model=NVIDIA A100-SXM4-80GB",
    `--gpu-memory=${String(80 * 2 ** 30)}`,
    "--labels=zone=east,disk=ssd",
  ],
  b: [
    "--num-cpus=4",
    "--num-gpus=2",
    "--gpu-model=NVIDIA A100-SXM4-80GB",
    `--gpu-memory=${String(80 * 2 ** 30)}`,
    "--labels=zone=west,disk=ssd",
  ],
  c: ["--num-cpus=8", "--labels=zone=east,disk=hdd", '--resources={"tpu": 2}'],
  d: [
    "--num-cpus=2",
    "--num-gpus=1",
    "--gpu-model=Tesla T4",
    `--gpu-memory=${String(16 * 2 ** 30)}`,
    "--labels=zone=west",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Options = Parameters<IdleApplications["put"]>[1];

/** Node and GPUs of each member of a replica, by rank; null while it has no room. */
export type Seat = readonly { readonly node: string; readonly gpus: readonly string[] }[] | null;

export interface Situation {
  readonly title: string;
  readonly options: Options;
  /** Replicas that are asked for. */
  readonly count: number;
  /** What must hold, in words. */
  readonly expected: string;
  readonly holds: (seats: readonly Seat[]) => boolean;
}

export function seatOf({ stage, members }: Replica): Seat {
  if (stage === "pending") return null;
  return [...members].sort((x, y) => x.rank - y.rank).map(({ node_name: node, gpu_uuids: gpus }) => ({ node, gpus }));
}

const cpus = (count: number): Options => ({ ray_actor_options: { num_cpus: count } });
const gpus = (count: number, rest: NonNullable<Options["ray_actor_options"]> = {}): Options => ({
  ray_actor_options: { num_cpus: 0.1, num_gpus: count, ...rest },
});
const bundles = (
  bundle: Readonly<Record<string, number>>,
  members: number,
  strategy: "PACK" | "SPREAD" | "STRICT_PACK" | "STRICT_SPREAD",
): Options => ({
  // The replica itself lives in the first bundle and must fit into it.
  ray_actor_options: { num_cpus: 0 },
  placement_group_bundles: Array.from({ length: members }, () => bundle),
  placement_group_strategy: strategy,
});

const nodesOf = (seats: readonly Seat[]): readonly string[] =>
  seats.flatMap((seat) => (seat ?? []).map(({ node }) => node));
const gpusOf = (seats: readonly Seat[]): readonly string[] =>
  seats.flatMap((seat) => (seat ?? []).flatMap(({ gpus: held }) => held));
const distinct = (values: readonly string[]): number => new Set(values).size;
const isPlaced = (seats: readonly Seat[]): boolean => seats.every((seat) => seat !== null);
const isRefused = (seats: readonly Seat[]): boolean => seats.every((seat) => seat === null);
const allOn = (node: string) => (seats: readonly Seat[]) =>
  isPlaced(seats) && nodesOf(seats).every((one) => one === node);

const gpuAndCpu = { CPU: 0.1, GPU: 1 };

export const situations: readonly Situation[] = [
  {
    title: "two replicas of half a GPU",
    options: { ...gpus(0.5), num_replicas: 2 },
    count: 2,
    expected: "they share one GPU",
    holds: (seats) => isPlaced(seats) && gpusOf(seats).length === 2 && distinct(gpusOf(seats)) === 1,
  },
  {
    title: "two replicas of 0.6 of a GPU",
    options: { ...gpus(0.6), num_replicas: 2 },
    count: 2,
    expected: "a GPU each",
    holds: (seats) => isPlaced(seats) && gpusOf(seats).length === 2 && distinct(gpusOf(seats)) === 2,
  },
  {
    title: "2 bundles of 1 GPU, PACK",
    options: bundles(gpuAndCpu, 2, "PACK"),
    count: 1,
    expected: "one node",
    holds: (seats) => isPlaced(seats) && distinct(nodesOf(seats)) === 1 && distinct(gpusOf(seats)) === 2,
  },
  {
    title: "5 bundles of 1 GPU, PACK",
    options: bundles(gpuAndCpu, 5, "PACK"),
    count: 1,
    expected: "no node holds 5: as few as possible, two",
    holds: (seats) => isPlaced(seats) && distinct(nodesOf(seats)) === 2 && distinct(gpusOf(seats)) === 5,
  },
  {
    title: "3 bundles of 1 GPU, SPREAD",
    options: bundles(gpuAndCpu, 3, "SPREAD"),
    count: 1,
    expected: "three nodes",
    holds: (seats) => isPlaced(seats) && distinct(nodesOf(seats)) === 3,
  },
  {
    title: "5 bundles of 1 CPU, SPREAD",
    options: bundles({ CPU: 1 }, 5, "SPREAD"),
    count: 1,
    expected: "all four nodes, one of them twice",
    holds: (seats) => isPlaced(seats) && distinct(nodesOf(seats)) === 4 && nodesOf(seats).length === 5,
  },
  {
    title: "4 bundles of 1 GPU, STRICT_PACK",
    options: bundles(gpuAndCpu, 4, "STRICT_PACK"),
    count: 1,
    expected: "a, the only node with four",
    holds: (seats) => allOn("a")(seats) && distinct(gpusOf(seats)) === 4,
  },
  {
    title: "5 bundles of 1 GPU, STRICT_PACK",
    options: bundles(gpuAndCpu, 5, "STRICT_PACK"),
    count: 1,
    expected: "refused",
    holds: isRefused,
  },
  {
    title: "4 bundles of 1 CPU, STRICT_SPREAD",
    options: bundles({ CPU: 1 }, 4, "STRICT_SPREAD"),
    count: 1,
    expected: "four nodes",
    holds: (seats) => isPlaced(seats) && distinct(nodesOf(seats)) === 4,
  },
  {
    title: "5 bundles of 1 CPU, STRICT_SPREAD",
    options: bundles({ CPU: 1 }, 5, "STRICT_SPREAD"),
    count: 1,
    expected: "refused",
    holds: isRefused,
  },
  {
    title: "labels: zone=west, disk=ssd",
    options: { ray_actor_options: { num_cpus: 0.1, label_selector: { zone: "west", disk: "ssd" } } },
    count: 1,
    expected: "b",
    holds: allOn("b"),
  },
  {
    title: "labels: disk=!in(ssd, hdd)",
    options: { ray_actor_options: { num_cpus: 0.1, label_selector: { disk: "!in(ssd, hdd)" } } },
    count: 1,
    expected: "d, which has no such label",
    holds: allOn("d"),
  },
  {
    title: "labels: zone=north",
    options: { ray_actor_options: { num_cpus: 0.1, label_selector: { zone: "north" } } },
    count: 1,
    expected: "refused",
    holds: isRefused,
  },
  {
    title: "accelerator_type T4",
    options: gpus(1, { accelerator_type: "T4" }),
    count: 1,
    expected: "d",
    holds: allOn("d"),
  },
  {
    title: "accelerator_type H100",
    options: gpus(1, { accelerator_type: "H100" }),
    count: 1,
    expected: "refused",
    holds: isRefused,
  },
  {
    title: "custom resource tpu: 2",
    options: { ray_actor_options: { num_cpus: 0.1, resources: { tpu: 2 } } },
    count: 1,
    expected: "c",
    holds: allOn("c"),
  },
  {
    title: "custom resource tpu: 3",
    options: { ray_actor_options: { num_cpus: 0.1, resources: { tpu: 3 } } },
    count: 1,
    expected: "refused",
    holds: isRefused,
  },
  {
    title: "scarce GPUs: 8 replicas of one, 7 GPUs",
    options: { ...gpus(1), num_replicas: 8 },
    count: 8,
    expected: "7 placed on 7 GPUs, 1 refused",
    holds: (seats) =>
      seats.filter((seat) => seat === null).length === 1 && gpusOf(seats).length === 7 && distinct(gpusOf(seats)) === 7,
  },
  {
    title: "one replica per node at most, 4 replicas",
    options: { ...cpus(0.1), num_replicas: 4, max_replicas_per_node: 1 },
    count: 4,
    expected: "four nodes",
    holds: (seats) => isPlaced(seats) && distinct(nodesOf(seats)) === 4,
  },
  { title: "16 CPUs", options: cpus(16), count: 1, expected: "refused", holds: isRefused },
];
