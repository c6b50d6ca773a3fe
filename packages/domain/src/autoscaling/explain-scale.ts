import type { AutoscalingPolicy } from "./policy.ts";
import type { ScaleDecision } from "./scale-decision.ts";

/** What a sentence is made of: the decision without it, the policy, and in words what it waits for or lacks. */
export interface ScaleStory {
  readonly decision: Omit<ScaleDecision, "reason">;
  readonly policy: AutoscalingPolicy;
  readonly settling: string | null;
}

/** One sentence that a person can check with a pencil: "38 requests ongoing / target 2 = 19, held at max_replicas 8". */
export function explainScale({ decision, policy, settling }: ScaleStory): string {
  const { path, before, target, delay, clampedBy, running } = decision;
  const formula = formulaOf(decision, policy);
  const bound = clampedBy === null ? "" : `${clampedBy}_replicas ${decision.bounds[clampedBy]}${originOf(decision)}`;
  const cut = bound === "" ? "" : `, cut to ${bound}`;
  switch (path) {
    case "no_data":
      return `${settling}, and that never changes the number: ${keeps(before, target)}`;
    case "cold_start":
      return before === target
        ? `${counted(decision.aggregated)} ongoing and no replica runs yet: stays at ${before} until one does`
        : `${counted(decision.aggregated)} ongoing and no replica runs: ${moves(before, target)} at once${cut}`;
    case "fast_path":
      return `${formula}${cut}: ${moves(before, target)} at once, because more requests wait than ${running === 1 ? "1 replica" : `${running} replicas`} can take`;
    case "scaled":
      return `${formula}${cut}: ${moves(before, target)}${stage(decision, policy)}`;
    case "bounds":
      return `${formula}, but min_replicas ${decision.bounds.min} and max_replicas ${decision.bounds.max}${originOf(decision)} hold: ${moves(before, target)}`;
    case "held":
      return `${formula}, held at ${bound}`;
    case "settling":
      return `${formula}: stays at ${before}${settling === null ? "" : `, ${settling}`}`;
    case "waiting":
      return delay === null ? formula : `${formula}${cut}: ${waits(decision, policy)}`;
    case "steady":
      return `${formula}: stays at ${before}`;
  }
}

function formulaOf(decision: ScaleStory["decision"], policy: AutoscalingPolicy): string {
  const { aggregated, desiredRaw, afterFactor, running } = decision;
  if (aggregated === null || desiredRaw === null || afterFactor === null) return "No router reports load";
  const formula = `${counted(aggregated)} ongoing / target ${policy.targetOngoingRequests} = ${amount(desiredRaw)}`;
  const isGrowing = desiredRaw > running;
  const factor = isGrowing ? policy.upscalingFactor : policy.downscalingFactor;
  if (factor !== 1 && running > 0 && desiredRaw !== running) {
    const name = isGrowing ? "upscaling_factor" : "downscaling_factor";
    return `${formula}, with ${name} ${factor} from ${running} running ${Math.max(0, afterFactor)}`;
  }
  return Number.isInteger(desiredRaw) || afterFactor < desiredRaw ? formula : `${formula}, so ${afterFactor}`;
}

function waits(decision: ScaleStory["decision"], policy: AutoscalingPolicy): string {
  const { delay, before } = decision;
  const inS = `in ${Math.ceil((delay?.remainingMs ?? 0) / 1000)} s`;
  switch (delay?.direction ?? "up") {
    case "up":
      return `more than ${before} ${inS} if it lasts (upscale_delay_s ${policy.upscaleDelayS})`;
    case "down":
      return `fewer than ${before} ${inS} if it lasts (downscale_delay_s ${policy.downscaleDelayS})`;
    case "zero":
      return `none ${inS} if it lasts (downscale_to_zero_delay_s ${policy.downscaleToZeroDelayS ?? policy.downscaleDelayS})`;
  }
}

/** Why a way down to zero stops at one. */
function stage({ before, target, afterFactor, bounds }: ScaleStory["decision"], policy: AutoscalingPolicy): string {
  const isStage = target === 1 && before > 1 && bounds.min === 0 && afterFactor !== null && afterFactor < 1;
  if (!isStage) return "";
  return ` first (downscale_to_zero_delay_s ${policy.downscaleToZeroDelayS ?? policy.downscaleDelayS} comes next)`;
}

function originOf({ bounds }: Pick<ScaleDecision, "bounds">): string {
  return bounds.source === "schedule" ? " of the open schedule window" : "";
}

function moves(before: number, target: number): string {
  if (before === target) return `stays at ${before}`;
  return `${target > before ? "up" : "down"} from ${before} to ${target}`;
}

function keeps(before: number, target: number): string {
  return before === target ? `stays at ${before}` : `${moves(before, target)} only because the bounds changed`;
}

/** `1 request`, `2.5 requests`. */
export function counted(requests: number | null): string {
  return requests === 1 ? "1 request" : `${amount(requests)} requests`;
}

/** At most two decimals. */
function amount(value: number | null): string {
  return value === null ? "?" : String(Math.round(value * 100) / 100);
}
