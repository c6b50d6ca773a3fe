import { readFileSync } from "node:fs";
import { PoolRouter } from "@sluice/router";
import { expect, it } from "vitest";

const page = readFileSync(new URL("../../REQUEST.md", import.meta.url), "utf8");
const words = { picks: "pick", waits: "wait", refusals: "refuse", ejections: "eject", retries: "retry" } as const;

it.each(Object.entries(words))("the page about requests has exactly the reasons of %s", (group, decision) => {
  const { counts } = new PoolRouter(
    { poolId: "p", deployment: "d", maxOngoingRequests: 1, maxQueuedRequests: -1, backends: [] },
    { now: () => 0, random: () => 0, after: () => () => undefined },
  );
  const item = page.split(/\n(?=- |\n)/).find((part) => part.startsWith(`- \`${decision}\``)) ?? "";
  const named = [...item.matchAll(/`(\w+)`/g)].map(([, word]) => word).filter((word) => word !== decision);
  expect(named.sort()).toEqual(Object.keys(counts[group as keyof typeof words]).sort());
});
