import fc from "fast-check";
import { expect, it } from "vitest";
import { VirtualClock } from "../../test/virtual-clock.ts";
import { BatchQueue } from "./batch-queue.ts";
import type { Ticket } from "./batch-queue-options.ts";
import type { BatchReport } from "./batch-report.ts";
import { planBatchSettings } from "./batch-settings.ts";

interface Item {
  readonly id: number;
  readonly group: string;
  readonly size: number;
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      add: fc.record({ group: fc.constantFrom("a", "b"), size: fc.integer({ min: 1, max: 6 }) }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ passMs: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ withdraw: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ expireInMs: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ resize: fc.integer({ min: 1, max: 8 }) }) },
);

const options = fc.record({
  maxBatchSize: fc.integer({ min: 1, max: 8 }),
  batchWaitTimeoutS: fc.constantFrom(0, 0.01, 0.05),
  maxConcurrentBatches: fc.integer({ min: 1, max: 3 }),
});

it("runs, drops or hands back every item exactly once, in order, never over a limit, whatever happens", async () => {
  await fc.assert(
    fc.asyncProperty(
      options,
      fc.option(fc.constant(60)),
      fc.array(step, { maxLength: 60 }),
      async (given, target, steps) => {
        const clock = new VirtualClock();
        const settings = planBatchSettings({ ...given, ...(target === null ? {} : { targetP99Ms: target }) });
        const fate = new Map<number, string>();
        const order: Record<string, number[]> = { a: [], b: [] };
        const reports: BatchReport[] = [];
        let running = 0;
        const settleAs = (id: number, how: string): void => {
          expect(fate.has(id)).toBe(false);
          fate.set(id, how);
        };
        const queue = new BatchQueue<Item>({
          settings,
          ports: clock,
          sizeOf: (items) => items.reduce((sum, { size }) => sum + size, 0),
          drop: ({ id }, why) => settleAs(id, why),
          onBatch: (report) => void reports.push(report),
          run: (items, facts) => {
            running += 1;
            expect(running).toBeLessThanOrEqual(given.maxConcurrentBatches);
            expect(new Set(items.map(({ group }) => group))).toEqual(new Set([facts.group]));
            // Only an item that was taken in before the limit was lowered may be larger than a batch, and goes alone.
            if (items.length > 1) expect(facts.size).toBeLessThanOrEqual(facts.limit);
            for (const { id, group } of items) {
              settleAs(id, "run");
              order[group]?.push(id);
            }
            return new Promise((resolve, reject) => {
              clock.after(facts.size, () => {
                running -= 1;
                if (facts.size % 5 === 0) reject(new Error("failed"));
                else resolve();
              });
            });
          },
        });
        const tickets: Ticket[] = [];
        let expiresInMs: number | undefined;
        for (const one of steps) {
          if ("passMs" in one) await clock.runUntil(clock.now() + one.passMs);
          else if ("resize" in one) {
            settings.maxBatchSize = one.resize;
            queue.wake();
          } else if ("expireInMs" in one) expiresInMs = one.expireInMs;
          else if ("withdraw" in one) {
            if (tickets[one.withdraw]?.withdraw() === true) settleAs(one.withdraw, "withdrawn");
          } else {
            const id = tickets.length;
            const deadlineAtMs = expiresInMs === undefined ? Infinity : clock.now() + expiresInMs;
            expiresInMs = undefined;
            tickets.push(queue.add({ id, ...one.add }, { group: one.add.group, deadlineAtMs }));
          }
        }
        await clock.runUntil(clock.now() + 10_000);
        expect([...fate.keys()].length).toBe(tickets.length);
        expect([queue.waiting, queue.running]).toEqual([0, 0]);
        for (const ids of Object.values(order)) expect(ids).toEqual([...ids].sort((left, right) => left - right));
        expect(reports.flatMap(({ waitsMs }) => waitsMs).length).toBe(
          [...fate.values()].filter((how) => how === "run").length,
        );
        for (const { waitsMs } of reports) expect(Math.min(...waitsMs)).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 150 },
  );
});
