import { fromUnits } from "./amount.ts";
import { findShortages } from "./find-shortages.ts";
import type { Shortage } from "./find-shortages.ts";
import { describeRule, matchesLabel, readLabel } from "./match-labels.ts";
import { describeHolds } from "./describe-holds.ts";
import type { NodeRoom } from "./node-room.ts";
import type { NodeRefusal, RoomHold, Suggestion } from "./placement.ts";
import { isRightModel } from "./prepare-wish.ts";
import type { PreparedMember } from "./prepare-wish.ts";

/** What of the wish the words need beside the member. */
export interface ExplainContext {
  readonly maxPerNode: number | null;
  /** Replicas of the pool that wait for room, this one included. */
  readonly waiting: number;
  /** Room that goes back later, beside what the node's facts say. */
  readonly heldBy: readonly RoomHold[];
}

/** Why a node does not take a member, in words, and how far it is from taking it (0 = farthest). */
export interface Explained {
  readonly refusal: NodeRefusal;
  readonly closeness: number;
}

const STATES = {
  cordoned: ["is cordoned: it takes no new replicas", "Uncordon it."],
  draining: ["is being drained: it takes no new replicas", "Uncordon it."],
  unreachable: ["is unreachable", "Check that its agent runs."],
  gone: ["was removed", null],
} as const;

/** The first reason a person can act on. Only for a member that does not fit. */
export function explainNode(member: PreparedMember, room: NodeRoom, context: ExplainContext): Explained {
  const { facts } = room;
  const say = (
    closeness: number,
    reason: string,
    advice: string | null,
    suggestion: Suggestion | null = null,
  ): Explained => {
    return { refusal: { nodeId: facts.nodeId, nodeName: facts.nodeName, reason, advice, suggestion }, closeness };
  };
  if (facts.state !== "ready") {
    const [reason, advice] = STATES[facts.state];
    return say(0, reason, advice);
  }
  if (facts.closedBecause !== undefined) return say(0, facts.closedBecause, null);
  const unmet = member.labels.find((rule) => !matchesLabel(facts, rule));
  if (unmet !== undefined) {
    const value = readLabel(facts, unmet.label);
    const has = value === undefined ? `has no label ${unmet.label}` : `has ${unmet.label}=${value}`;
    const wanted = describeRule(unmet);
    const advice = unmet.isNegated
      ? "Add another node, or change label_selector."
      : `Label a node ${unmet.label}=${unmet.values[0] ?? ""}, or change label_selector.`;
    return say(1, `${has}, but label_selector wants ${wanted}`, advice);
  }
  const type = member.wish.acceleratorType;
  if (type !== null && !room.gpus.some((gpu) => isRightModel(member, gpu, room))) {
    const models = [...new Set(room.gpus.map((gpu) => (gpu.model === "" ? "a GPU of unknown model" : gpu.model)))];
    const has = models.length === 0 ? "has no GPU" : `has ${models.join(" and ")}`;
    return say(2, `${has}, but accelerator_type wants ${type}`, `Add a node with ${type}, or change accelerator_type.`);
  }
  const shortages = findShortages(member, room);
  const absent = shortages.find((shortage) => shortage.kind === "absent");
  if (absent !== undefined) return say(3, absent.text, absent.advice);
  const here = room.poolCounts.get(member.need.poolId ?? "") ?? 0;
  if (context.maxPerNode !== null && here >= context.maxPerNode) {
    const advice = "Raise max_replicas_per_node or add a node.";
    return say(4, `has ${here} of at most ${context.maxPerNode} replicas (max_replicas_per_node)`, advice);
  }
  const [only, ...others] = shortages;
  if (only === undefined) return say(5, "has room now", "It will be tried again.");
  const reason = `needs ${others.length === 0 ? only.text : shortages.map(({ text }) => text).join(", and ")}`;
  const holds = describeHolds(shortages, facts.heldBy, context.heldBy);
  const change = others.length === 0 ? changeOf(only, member, here, context) : manyChanges(shortages);
  return say(
    others.length === 0 ? 6 : 5,
    reason,
    holds === null ? change.advice : `${holds} ${change.advice}`,
    change.suggestion,
  );
}

interface Change {
  readonly advice: string;
  readonly suggestion: Suggestion | null;
}

/** One thing is short: a smaller value of its option would fit. */
function changeOf(shortage: Shortage, member: PreparedMember, here: number, { waiting }: ExplainContext): Change {
  const { advice, suggestion } = shortage;
  if (suggestion !== null || shortage.option !== "num_cpus") return { advice, suggestion };
  // None is free, but replicas of the same pool hold some: a smaller value, which replaces them, makes room for all.
  const replicas = here + waiting;
  const fair = Math.floor((fromUnits(shortage.freeUnits + here * member.need.cpus) / replicas) * 100) / 100;
  if (here === 0 || fair < 0.01) return { advice, suggestion };
  return {
    advice: `Set num_cpus to ${fair} or less: then all ${replicas} replicas fit.`,
    suggestion: { option: "num_cpus", value: fair },
  };
}

function manyChanges(shortages: readonly Shortage[]): Change {
  const options = shortages.map(({ option }) => option).join(" and ");
  return { advice: `Lower ${options}, stop other replicas or add a node.`, suggestion: null };
}
