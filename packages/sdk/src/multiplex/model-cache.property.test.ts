import fc from "fast-check";
import { expect, it } from "vitest";
import { ModelCache } from "./model-cache.ts";
import type { ModelLease } from "./model-cache.ts";

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ acquire: fc.constantFrom("a", "b", "c", "d", "broken") }) },
  { weight: 3, arbitrary: fc.record({ release: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.constant({ turn: true }) },
);

it("never loads a model twice at a time, unloads one in use, or holds too many, whatever the order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.nat(4),
      fc.array(step, { maxLength: 60 }),
      async (maxModels, unloadTurns, steps) => {
        const inMemory = new Set<string>();
        const users = new Map<string, number>();
        const cache = new ModelCache<string>({
          maxModels,
          onChange: () => undefined,
          load: async (id) => {
            expect(inMemory.has(id)).toBe(false);
            inMemory.add(id);
            expect(inMemory.size).toBeLessThanOrEqual(maxModels);
            await new Promise((resolve) => setImmediate(resolve));
            if (id !== "broken") return id;
            inMemory.delete(id);
            throw new Error("broken");
          },
          unload: async (_, id) => {
            expect(users.get(id) ?? 0).toBe(0);
            for (let turn = 0; turn < unloadTurns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
            inMemory.delete(id);
          },
        });
        const leases: ModelLease<string>[] = [];
        const asked: Promise<unknown>[] = [];
        const releaseAll = (): void => {
          for (const lease of leases.splice(0)) give(lease);
        };
        const give = (lease: ModelLease<string>): void => {
          users.set(lease.model, (users.get(lease.model) ?? 0) - 1);
          lease.release();
        };
        let answered = 0;
        const failures = new Set<string>();
        for (const one of steps) {
          if ("acquire" in one) {
            const asking = cache.acquire(one.acquire).then((lease) => {
              answered += 1;
              users.set(lease.model, (users.get(lease.model) ?? 0) + 1);
              leases.push(lease);
            });
            asked.push(asking.catch((error: Error) => void ((answered += 1), failures.add(error.message))));
          } else if ("release" in one) leases.splice(one.release % Math.max(1, leases.length), 1).forEach(give);
          else await new Promise((resolve) => setImmediate(resolve));
        }
        while (answered < asked.length) {
          await new Promise((resolve) => setImmediate(resolve));
          releaseAll();
        }
        await Promise.all(asked);
        failures.delete("broken");
        expect([...failures]).toEqual([]);
        expect(cache.modelIds.length).toBeLessThanOrEqual(maxModels);
      },
    ),
    { numRuns: 200 },
  );
});
