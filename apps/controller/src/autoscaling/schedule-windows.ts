import type { AutoscalingSchedule } from "@sluice/domain";
import { Cron } from "croner";

interface Known {
  readonly isOpen: boolean;
  /** Nothing changes from when it was found until then. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Many times what is configured anywhere; beyond it, forgetting is cheaper than keeping. */
const maxKnown = 10_000;

/**
 * Which schedule windows are open. A window is open when its next end comes before its next start; both are in its own time
 * zone, daylight saving included. What was found is kept until the next of the two.
 */
export class ScheduleWindows {
  readonly #known = new Map<string, Known>();

  /** The first of the schedules that is open at this time; null = none. */
  openAt(schedules: readonly AutoscalingSchedule[], nowMs: number): AutoscalingSchedule | null {
    return schedules.find((schedule) => this.#isOpen(schedule, nowMs)) ?? null;
  }

  #isOpen(schedule: AutoscalingSchedule, nowMs: number): boolean {
    const key = `${schedule.startCron}|${schedule.endCron}|${schedule.timezone}`;
    const known = this.#known.get(key);
    if (known !== undefined && nowMs >= known.fromMs && nowMs < known.untilMs) return known.isOpen;
    if (this.#known.size >= maxKnown) this.#known.clear();
    const found = look(schedule, nowMs);
    this.#known.set(key, found);
    return found.isOpen;
  }
}

function look({ startCron, endCron, timezone }: AutoscalingSchedule, nowMs: number): Known {
  const startMs = nextMs(startCron, timezone, nowMs);
  const endMs = nextMs(endCron, timezone, nowMs);
  // Without a start to come it never opened.
  const isOpen = startMs !== Number.POSITIVE_INFINITY && endMs < startMs;
  return { isOpen, fromMs: nowMs, untilMs: Math.min(startMs, endMs) };
}

/** When the expression matches next, after `nowMs`; infinity = never again (30 February). */
function nextMs(cron: string, timezone: string, nowMs: number): number {
  return new Cron(cron, { timezone }).nextRun(new Date(nowMs))?.getTime() ?? Number.POSITIVE_INFINITY;
}
