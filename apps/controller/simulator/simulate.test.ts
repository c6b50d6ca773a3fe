import { expect, it } from "vitest";
import { simulate } from "./simulate.ts";

const short = { simulatedMs: 3 * 60_000, nodes: 6, restMs: 4 * 60_000 };

it.each([1, 2, 3, 7])(
  "keeps what it promises while everything fails, and comes to rest afterwards (seed %i)",
  async (seed) => {
    const { problems, deeds } = await simulate({ ...short, seed, isCalm: false });
    expect(problems, `replay: npm run prove -- orchestration.6 --seed ${String(seed)}\n${deeds.join("\n")}`).toEqual(
      [],
    );
  },
  60_000,
);

it("tells the same story twice from the same seed", async () => {
  const [first, second] = [
    await simulate({ ...short, simulatedMs: 60_000, seed: 7, isCalm: false }),
    await simulate({ ...short, simulatedMs: 60_000, seed: 7, isCalm: false }),
  ];
  expect(second).toEqual(first);
  expect(first.commits).toBeGreaterThan(20);
}, 60_000);
