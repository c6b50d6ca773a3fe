import type { TrafficSource } from "../spec/application-status.ts";
import { shareWeights } from "./share-weights.ts";
import { variantName } from "./traffic.ts";
import type { EffectiveTraffic, SplitEntry, WeightedVariant } from "./traffic.ts";

/** How ready a revision is to take requests. */
export interface RevisionReadiness {
  readonly revision: number;
  /** Every deployment of it has at least one ready replica. */
  readonly servable: boolean;
  readonly readyReplicas: number;
  /** Sum over its deployments at the intended weight. */
  readonly wantedReplicas: number;
  /** Every deployment has all replicas that the intended weight asks for. */
  readonly complete: boolean;
}

export interface StepIntent {
  readonly kind: "step";
  readonly targetRevision: number;
  readonly weight: number;
  readonly mayWait: boolean;
  readonly waitsFor: "move" | "room";
  /** Revisions that give up their replicas now: they keep no share. */
  readonly dismissed: readonly number[];
}

export interface TrafficInput {
  /**
   * `follow` = all requests to the target revision. `step` = an update without room for all replicas at once: requests follow the
   * replicas; `mayWait` = also where none is ready yet. `back` = the target failed: to the revision that served before.
   */
  readonly intent:
    | { readonly kind: "split"; readonly entries: readonly SplitEntry[] }
    | { readonly kind: "follow"; readonly targetRevision: number }
    | StepIntent
    | { readonly kind: "back"; readonly entries: readonly SplitEntry[]; readonly failure: string }
    | { readonly kind: "hold"; readonly reason: string };
  readonly readiness: readonly RevisionReadiness[];
  readonly previous: EffectiveTraffic | null;
}

/**
 * The weights in force. Rules, in this order:
 * 1. Everything wanted is ready: the intent. (In steps: one ready replica of each deployment is enough.)
 * 2. Something is not, and what serves now can go on: weights stay (replicas are ready before weight is raised).
 * 3. Something that serves now cannot go on: its weight goes to those that can, in their proportions. A revision without a
 *    ready replica of each deployment gets nothing.
 * 4. Nothing can serve: weights stay, so that the requests wait for the replacement instead of being refused.
 */
export function decideTraffic(input: TrafficInput): EffectiveTraffic {
  const { intent, previous } = input;
  const source: TrafficSource = intent.kind === "split" ? "split" : "rollout";
  const before = (previous?.variants ?? []).filter((variant) => variant.weight > 0);
  const isServable = ({ revision }: SplitEntry): boolean => readinessOf(input, revision)?.servable ?? false;
  const wanted = entriesOf(intent, before);
  const weighted = wanted.filter((entry) => entry.weight > 0);

  const held = weighted.filter((entry) => !isServable(entry) || !mayRaise(input, entry, before));
  const mayWait = intent.kind === "step" && intent.mayWait;
  if ((held.length === 0 || mayWait) && weighted.length > 0) {
    return { variants: wanted.map(toVariant), source, reason: intentReason(intent) };
  }
  const failure = failureOf(intent);
  const why = failure ?? held.map((entry) => waitingText(input, entry.revision)).join("; ");
  if (previous !== null && before.length > 0 && before.every(isServable)) {
    const stay = failure === null ? "until then" : "requests stay with";
    return {
      variants: previous.variants,
      source: previous.source,
      reason: `${why}; ${stay} ${describeWeights(before)}`,
    };
  }
  const able = weighted.some(isServable) ? weighted.filter(isServable) : before.filter(isServable);
  if (able.length > 0) {
    const idle = [...weighted, ...before].filter((entry) => !isServable(entry)).map((entry) => entry.revision);
    const lost = [...new Set(idle)].map((revision) => `revision ${revision} has no ready replica`);
    const variants = shareWeights(able);
    return { variants, source, reason: `${(lost.length > 0 ? lost : [why]).join("; ")}; ${describeWeights(variants)}` };
  }
  if (previous !== null && before.length > 0) {
    return {
      variants: previous.variants,
      source: previous.source,
      reason: `${why || "no replica is ready"}; requests wait`,
    };
  }
  return { variants: [], source, reason: why === "" ? "no revision can serve yet" : why };
}

/** The weights that are aimed at now. */
function entriesOf(intent: TrafficInput["intent"], before: readonly WeightedVariant[]): readonly SplitEntry[] {
  switch (intent.kind) {
    case "split":
    case "back":
      return intent.entries;
    case "follow":
      return [{ revision: intent.targetRevision, weight: 100 }];
    case "step":
      return stepEntries(intent, before);
    case "hold":
      return [];
    default:
      return intent satisfies never;
  }
}

/** The target gets its share, the others keep theirs of the rest. */
function stepEntries(
  { targetRevision, weight, dismissed }: StepIntent,
  before: readonly WeightedVariant[],
): SplitEntry[] {
  const beside = before.filter(({ revision }) => revision !== targetRevision);
  const kept = beside.filter(({ revision }) => !dismissed.includes(revision));
  const others = kept.length === 0 ? beside : kept;
  if (others.length === 0 || weight >= 100) return [{ revision: targetRevision, weight: 100 }];
  const rest = shareWeights(others);
  const scaled = rest.map((entry) => ({ ...entry, weight: (entry.weight * (100 - weight)) / 100 }));
  return shareWeights([...scaled, { revision: targetRevision, weight }]).filter((entry) => entry.weight > 0);
}

function failureOf(intent: TrafficInput["intent"]): string | null {
  if (intent.kind === "back") return intent.failure;
  return intent.kind === "hold" ? intent.reason : null;
}

/** Weight goes up only when all replicas of the new weight are there; keeping or lowering needs no more than before. */
function mayRaise(input: TrafficInput, entry: SplitEntry, before: readonly WeightedVariant[]): boolean {
  if (input.intent.kind === "step") return true;
  const now = before.find((variant) => variant.revision === entry.revision)?.weight ?? 0;
  return entry.weight <= now || (readinessOf(input, entry.revision)?.complete ?? false);
}

function readinessOf(input: TrafficInput, revision: number): RevisionReadiness | undefined {
  return input.readiness.find((candidate) => candidate.revision === revision);
}

function waitingText(input: TrafficInput, revision: number): string {
  const found = readinessOf(input, revision);
  if (found === undefined || found.wantedReplicas === 0) return `revision ${revision} is not described yet`;
  return `revision ${revision} has ${found.readyReplicas} of ${found.wantedReplicas} ${found.wantedReplicas === 1 ? "replica" : "replicas"} ready`;
}

function waitingReason({ targetRevision, waitsFor }: StepIntent): string {
  return waitsFor === "move"
    ? `replicas take on the settings of revision ${targetRevision} in place: requests wait for the first`
    : `there is no room for replicas of revision ${targetRevision} beside the old ones: requests wait for the first`;
}

function intentReason(intent: TrafficInput["intent"]): string {
  switch (intent.kind) {
    case "follow":
      return `revision ${intent.targetRevision} is the target and ready`;
    case "step":
      return intent.mayWait
        ? waitingReason(intent)
        : `requests follow the replicas of revision ${intent.targetRevision}, step by step`;
    case "back":
      return `${intent.failure}; requests stay with ${describeWeights(intent.entries)}`;
    case "split":
      return "the split that was set";
    case "hold":
      return intent.reason;
    default:
      return intent satisfies never;
  }
}

/** "revision 1: 90 %, revision 2: 10 %". */
function describeWeights(entries: readonly SplitEntry[]): string {
  return entries.map(({ revision, weight }) => `revision ${revision}: ${weight} %`).join(", ");
}

function toVariant({ revision, weight }: SplitEntry): WeightedVariant {
  return { variant: variantName(revision), revision, weight };
}
