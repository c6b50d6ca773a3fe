import { fromUnits, inGiB, UNITS_PER_ONE } from "./amount.ts";
import { freeCpus, freeCustom, freeMemory } from "./node-room.ts";
import type { NodeRoom } from "./node-room.ts";
import type { Resources } from "./resources.ts";
import type { Suggestion } from "./placement.ts";
import { addsUp, isLargeEnough, isRightModel } from "./prepare-wish.ts";
import type { PreparedMember } from "./prepare-wish.ts";

/** Something a node has too little of for a member. */
export interface Shortage {
  /** `absent`: the node has none at all; `short`: others hold it, or there is less than wanted. */
  readonly kind: "absent" | "short";
  /** `1 CPU, 0.25 of 2 free`; of something absent `has no GPU`. */
  readonly text: string;
  readonly advice: string;
  readonly suggestion: Suggestion | null;
  readonly option: string;
  /** Of CPUs, in units; 0 for all else. */
  readonly freeUnits: number;
  /** How much of it given resources hold, in words (`2 CPU`), null if nothing. */
  readonly heldIn: (resources: Resources) => string | null;
}

/** All that is short on a node, in the order CPU, memory, custom resources, GPU. */
export function findShortages(member: PreparedMember, room: NodeRoom): Shortage[] {
  const found: Shortage[] = [];
  const cpu = cpuShortage(member, room);
  if (cpu !== null) found.push(cpu);
  const memory = memoryShortage(member, room);
  if (memory !== null) found.push(memory);
  if (member.need.custom.length > 0) found.push(...customShortages(member, room));
  const gpu = gpuShortage(member, room);
  if (gpu !== null) found.push(gpu);
  return found;
}

function cpuShortage(member: PreparedMember, room: NodeRoom): Shortage | null {
  const free = freeCpus(room);
  const { cpus } = member.need;
  if (cpus <= Math.max(0, free)) return null;
  const left = Math.max(0, free);
  return {
    kind: "short",
    text: `${fromUnits(cpus)} CPU, ${fromUnits(left)} of ${fromUnits(room.capacity.cpus)} free`,
    advice: left > 0 ? orLess("num_cpus", fromUnits(left)) : "Stop other replicas, lower their num_cpus or add a node.",
    suggestion: left > 0 ? { option: "num_cpus", value: fromUnits(left) } : null,
    option: "num_cpus",
    freeUnits: left,
    heldIn: (held) => (held.cpus > 0 ? `${held.cpus} CPU` : null),
  };
}

function memoryShortage(member: PreparedMember, room: NodeRoom): Shortage | null {
  const { memoryBytes } = member.need;
  const left = Math.max(0, freeMemory(room));
  if (memoryBytes <= left) return null;
  return {
    kind: "short",
    text: `${inGiB(memoryBytes)} of memory, ${inGiB(left)} of ${inGiB(room.capacity.memoryBytes)} free`,
    advice: left > 0 ? `Set memory to ${left} bytes or less.` : "Stop other replicas or add a node.",
    suggestion: left > 0 ? { option: "memory", value: left } : null,
    option: "memory",
    freeUnits: 0,
    heldIn: (held) => (held.memoryBytes > 0 ? `${inGiB(held.memoryBytes)} of memory` : null),
  };
}

function customShortages(member: PreparedMember, room: NodeRoom): Shortage[] {
  return member.need.custom.flatMap(([name, units]): Shortage[] => {
    const left = Math.max(0, freeCustom(room, name));
    if (units <= left) return [];
    const capacity = room.capacity.custom.get(name) ?? 0;
    const option = `resources.${name}`;
    const heldIn = (held: Resources): string | null => {
      const amount = held.custom[name] ?? 0;
      return amount > 0 ? `${amount} ${name}` : null;
    };
    const rest = { suggestion: null, option, freeUnits: 0, heldIn };
    if (capacity === 0) {
      const advice = `Start an agent that offers \`${name}\`, or drop it from resources.`;
      return [{ kind: "absent", text: `has no resource \`${name}\``, advice, ...rest }];
    }
    const advice =
      left > 0 ? orLess(option, fromUnits(left)) : `Stop other replicas, lower their ${option} or add a node.`;
    const text = `${fromUnits(units)} ${name}, ${fromUnits(left)} of ${fromUnits(capacity)} free`;
    return [{ kind: "short", text, advice, ...rest }];
  });
}

function gpuShortage(member: PreparedMember, room: NodeRoom): Shortage | null {
  const { gpuShare, wholeGpus, vramPerGpuBytes } = member;
  if (gpuShare === 0 && wholeGpus === 0) return null;
  const heldIn = (held: Resources): string | null =>
    held.gpus > 0 ? `${held.gpus} GPU${held.gpus > 1 ? "s" : ""}` : null;
  const base = { option: "num_gpus", freeUnits: 0, heldIn };
  if (room.gpus.length === 0) {
    const advice = "Set num_gpus to 0 or add a node with a GPU.";
    return { kind: "absent", text: "has no GPU", advice, suggestion: null, ...base };
  }
  const right = room.gpus.filter((gpu) => isRightModel(member, gpu, room));
  const large = right.filter((gpu) => isLargeEnough(member, gpu));
  if (large.length === 0) {
    const most = Math.max(...right.map((gpu) => gpu.memoryBytes ?? 0));
    const part = gpuShare > 0 ? ` for ${fromUnits(gpuShare)} of it to be enough` : "";
    const text = `a GPU with ${inGiB(vramPerGpuBytes)} of memory${part}, the largest has ${inGiB(most)}`;
    const advice = "Take a node with larger GPUs, more GPUs per replica, or a smaller or quantised model.";
    return { kind: "short", text, advice, suggestion: null, ...base };
  }
  const asked = member.wish.acceleratorType === null ? "" : ` ${member.wish.acceleratorType}`;
  if (gpuShare > 0) {
    const most = Math.max(...large.map((gpu) => UNITS_PER_ONE - gpu.used));
    if (most >= gpuShare) return null;
    const text = `${fromUnits(gpuShare)} of a${asked} GPU, at most ${fromUnits(Math.max(0, most))} of one is free`;
    return { kind: "short", text, ...gpuChange(Math.max(0, fromUnits(most)), vramPerGpuBytes > 0), ...base };
  }
  const usable = large.filter((gpu) => addsUp(member, gpu));
  const whole = usable.filter((gpu) => gpu.used === 0).length;
  if (whole >= wholeGpus) return null;
  const mig = usable.length < large.length ? " (a process can use one MIG device only)" : "";
  const of = vramPerGpuBytes > 0 ? ` with ${inGiB(vramPerGpuBytes)} each` : "";
  const text = `${wholeGpus} whole${asked} GPU${wholeGpus === 1 ? "" : "s"}${of}, ${whole} of ${usable.length} free${mig}`;
  return { kind: "short", text, ...gpuChange(whole, vramPerGpuBytes > 0), ...base };
}

/** With a need of GPU memory a smaller share would not hold the model, so none is offered. */
function gpuChange(left: number, needsMemory: boolean): Pick<Shortage, "advice" | "suggestion"> {
  if (left <= 0 || needsMemory) return { advice: "Stop other replicas or add a node with a GPU.", suggestion: null };
  return { advice: orLess("num_gpus", left), suggestion: { option: "num_gpus", value: left } };
}

function orLess(option: string, value: number): string {
  return `Set ${option} to ${value} or less.`;
}
