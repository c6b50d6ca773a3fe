import { expect, it } from "vitest";
import { openTestDatabase } from "../../test/fixtures.ts";
import {
  defaultProjectId,
  deleteMetricPointsBefore,
  partsOfReport,
  queryMetricPoints,
  saveMetricParts,
} from "../index.ts";
import type { MetricPart, NewMetricPart } from "../index.ts";
import { query } from "../connection/handle.ts";

const projectId = defaultProjectId;
const windowStartMs = 1_700_000_000_000;
const key = { application: "digits", deployment: "", revision: 1, variant: "r1" };
const range = { projectId, fromMs: windowStartMs, toMs: windowStartMs + 10_000 };

it("replaces what a reporter said before of a window, and keeps lives and reporters apart", async () => {
  await using test = await openTestDatabase();
  await saveMetricParts(test.db, projectId, [part("gw1", "life1", 3_000, 30)]);
  await saveMetricParts(test.db, projectId, [part("gw1", "life1", 10_000, 100)]);
  await saveMetricParts(test.db, projectId, [
    part("gw1", "life1", 10_000, 100),
    part("gw1", "life2", 1_000, 5),
    part("gw2", "life1", 10_000, 7),
  ]);
  const points = await queryMetricPoints(test.db, range);
  expect(points).toHaveLength(1);
  expect(points[0]).toMatchObject({ key, windowStartMs });
  expect(counts(points[0]?.parts ?? {})).toEqual({ "gw1/life1": 100, "gw1/life2": 5, "gw2/life1": 7 });
});

it("does not let a late copy take back what was reported since", async () => {
  await using test = await openTestDatabase();
  await saveMetricParts(test.db, projectId, [part("gw1", "life1", 10_000, 100)]);
  await saveMetricParts(test.db, projectId, [part("gw1", "life1", 4_000, 40), part("gw2", "life1", 4_000, 4)]);
  const points = await queryMetricPoints(test.db, range);
  expect(counts(points[0]?.parts ?? {})).toEqual({ "gw1/life1": 100, "gw2/life1": 4 });
});

it("loses nothing when two writers report the same series in opposite order at the same time", async () => {
  await using test = await openTestDatabase();
  const series = Array.from({ length: 50 }, (_, index) => `app${index}`);
  await Promise.all(
    ["gw1", "gw2", "gw3", "gw4"].map((reporter, index) => {
      const names = index % 2 === 0 ? series : [...series].reverse();
      return saveMetricParts(
        test.db,
        projectId,
        names.map((application) => ({ ...part(reporter, "life1", 1_000, 1), key: { ...key, application } })),
      );
    }),
  );
  const points = await queryMetricPoints(test.db, range);
  expect(points).toHaveLength(50);
  expect(points.every((point) => Object.keys(point.parts).length === 4)).toBe(true);
});

it("answers a range with its start and without its end, filtered by what is named", async () => {
  await using test = await openTestDatabase();
  const starts = [-1, 0, 1, 2].map((step) => windowStartMs + step * 10_000);
  await saveMetricParts(
    test.db,
    projectId,
    starts.map((start) => ({ ...part("gw1", "life1", 10_000, 1), windowStartMs: start })),
  );
  await saveMetricParts(test.db, projectId, [
    { ...part("r1", "life1", 10_000, 1), key: { ...key, deployment: "model" } },
  ]);
  const found = await queryMetricPoints(test.db, {
    ...range,
    toMs: windowStartMs + 20_000,
    application: "digits",
    deployment: "",
  });
  expect(found.map((point) => point.windowStartMs)).toEqual(starts.slice(1, 3));
  expect(await deleteMetricPointsBefore(test.db, windowStartMs)).toBe(1);
});

it("stores the windows of a report under the life of its reporter", () => {
  const { part: totals } = part("gw1", "life1", 2_000, 9);
  const parts = partsOfReport({
    reporter: "gw1",
    incarnation: "life1",
    windows: [{ windowStartMs, coveredMs: 2_000, series: [{ key, ...withoutCovered(totals) }] }],
  });
  expect(parts).toEqual([part("gw1", "life1", 2_000, 9)]);
});

it("upserts 1,000 series in one statement", async () => {
  await using test = await openTestDatabase();
  for (const coveredMs of [1_000, 2_000]) {
    const report = Array.from({ length: 1_000 }, (_, index) => ({
      ...part("gw1", "life1", coveredMs, index),
      key: { ...key, application: `app${index}` },
    }));
    await saveMetricParts(test.db, projectId, report);
    // Rows of one statement, and only those, carry the same transaction and the same command in it.
    const statements = await query(
      test.db,
      (prisma) => prisma.$queryRaw<{ rows: number }[]>`
        SELECT count(*)::int AS rows FROM metric_point GROUP BY xmin::text, cmin::text`,
    );
    expect(statements).toEqual([{ rows: 1_000 }]);
  }
  const points = await queryMetricPoints(test.db, range);
  expect(points.filter((point) => point.parts["gw1/life1"]?.coveredMs === 2_000)).toHaveLength(1_000);
});

function part(reporter: string, incarnation: string, coveredMs: number, count: number): NewMetricPart {
  const totals: MetricPart = {
    coveredMs,
    statusCounts: { "200": count },
    latency: {
      count,
      sumMs: count * 2,
      buckets: Array.from({ length: 30 }, (_, index): [number, number] => [100 + index, 1]),
    },
    ongoingMean: 1,
    ongoingMax: 2,
    queuedMean: 0,
    queuedMax: 0,
    retries: 0,
  };
  return { key, windowStartMs, reporter, incarnation, part: totals };
}

function withoutCovered({ coveredMs: _coveredMs, ...totals }: MetricPart): Omit<MetricPart, "coveredMs"> {
  return totals;
}

function counts(parts: Readonly<Record<string, MetricPart>>): Record<string, number> {
  return Object.fromEntries(Object.entries(parts).map(([life, totals]) => [life, totals.latency.count]));
}
