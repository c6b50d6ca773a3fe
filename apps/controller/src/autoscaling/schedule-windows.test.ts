import type { AutoscalingSchedule } from "@sluice/domain";
import { describe, expect, it } from "vitest";
import { ScheduleWindows } from "./schedule-windows.ts";

function schedule(startCron: string, endCron: string, timezone = "UTC"): AutoscalingSchedule {
  return { startCron, endCron, timezone, minReplicas: 3, maxReplicas: null };
}

function isOpen(window: AutoscalingSchedule, at: string): boolean {
  return new ScheduleWindows().openAt([window], Date.parse(at)) !== null;
}

describe("ScheduleWindows", () => {
  const office = schedule("0 8 * * mon-fri", "30 17 * * mon-fri");

  it.each([
    { at: "2026-03-04T07:59:59.999Z", open: false, why: "before the start" },
    { at: "2026-03-04T08:00:00.000Z", open: true, why: "at the start" },
    { at: "2026-03-04T17:29:59.999Z", open: true, why: "before the end" },
    { at: "2026-03-04T17:30:00.000Z", open: false, why: "at the end" },
    { at: "2026-03-07T12:00:00.000Z", open: false, why: "on a Saturday" },
  ])("is $open $why", ({ at, open }) => {
    expect(isOpen(office, at)).toBe(open);
  });

  it("stays open over midnight and over a weekend", () => {
    expect(isOpen(schedule("0 22 * * *", "0 6 * * *"), "2026-03-04T02:00:00Z")).toBe(true);
    const weekend = schedule("0 18 * * fri", "0 6 * * mon");
    expect(isOpen(weekend, "2026-03-08T12:00:00Z")).toBe(true);
    expect(isOpen(weekend, "2026-03-10T12:00:00Z")).toBe(false);
  });

  it("reads the clock of its own time zone, on both sides of a change to summer time", () => {
    const berlin = schedule("0 8 * * *", "0 9 * * *", "Europe/Berlin");
    expect(isOpen(berlin, "2026-03-28T07:30:00Z")).toBe(true);
    expect(isOpen(berlin, "2026-03-29T07:30:00Z")).toBe(false);
    expect(isOpen(berlin, "2026-03-29T06:30:00Z")).toBe(true);
  });

  it("takes the first of several that are open, and none that never opens", () => {
    const windows = new ScheduleWindows();
    const never = schedule("0 0 30 2 *", "0 1 * * *");
    const always = { ...schedule("0 8 * * *", "0 20 * * *"), minReplicas: 5 };
    const noon = Date.parse("2026-03-04T12:00:00Z");
    expect(windows.openAt([schedule("0 13 * * *", "0 14 * * *"), always, office], noon)).toBe(always);
    expect(windows.openAt([never], noon)).toBeNull();
  });

  it("notices that a window opens and closes, also when time goes backwards", () => {
    const windows = new ScheduleWindows();
    const at = (time: string): boolean => windows.openAt([office], Date.parse(`2026-03-04T${time}Z`)) === office;
    expect([at("07:00:00"), at("07:30:00"), at("08:00:00"), at("17:30:00"), at("12:00:00")]).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
  });
});
