import { expect, it } from "vitest";
import type { ReplicaLoad } from "@sluice/db";
import { Sightings } from "./sightings.ts";

it("writes the memory of all members of a replica and the requests of rank 0, whoever reported last", async () => {
  const written: ReplicaLoad[] = [];
  const sightings = new Sightings({
    saveSightings: (_, loads) => {
      written.push(...loads);
      return Promise.resolve();
    },
  });
  sightings.seeLoad({ replicaId: "r", rank: 0, ongoing: 3, rssBytes: 100e6 });
  sightings.seeLoad({ replicaId: "r", rank: 1, ongoing: 0, rssBytes: 70e6 });
  await sightings.flush(10_000);
  sightings.seeLoad({ replicaId: "r", rank: 1, ongoing: 0, rssBytes: 90e6 });
  await sightings.flush(20_000);
  expect(written).toEqual([
    { replicaId: "r", ongoing: 3, rssBytes: 170e6 },
    { replicaId: "r", ongoing: 3, rssBytes: 190e6 },
  ]);
});
