import type { ControllerLease, ControllerPlace } from "@sluice/db";
import { expect, it, onTestFinished } from "vitest";
import { explainLeader } from "./explain-leader.ts";
import { StandbyWatch } from "./standby-watch.ts";

const lease: ControllerLease = {
  epoch: 1,
  holder: "other",
  address: "http://127.0.0.1:1",
  acquiredAtMs: 0,
  expiresAtMs: 1_000,
  isHeld: true,
};
const place: ControllerPlace = { holder: "other", address: lease.address, nodeUrl: "https://other:1" };

/** `leases`: what one look after the other finds; the last one stays. */
function watch(
  leases: readonly (ControllerLease | null | Error)[],
  patienceMs = 60_000,
  readPlaces: () => Promise<readonly ControllerPlace[]> = () => Promise.resolve([place]),
) {
  const looks = { count: 0, isLeading: false };
  const standby = new StandbyWatch({
    isLeading: () => looks.isLeading,
    readLease: async () => {
      const found = leases[Math.min(looks.count, leases.length - 1)] ?? null;
      looks.count += 1;
      if (found instanceof Error) throw found;
      return await Promise.resolve(found);
    },
    readPlaces,
    everyMs: 1,
    lookWithinMs: 20,
    patienceMs,
  });
  onTestFinished(() => standby.close());
  return { standby, looks };
}

const elsewhere = { kind: "leads_elsewhere", leader: { address: lease.address, nodeUrl: place.nodeUrl } };

it("names a leader only when it was seen alive after the question", async () => {
  const { standby, looks } = watch([lease, lease, lease, { ...lease, expiresAtMs: 2_000 }]);
  expect(await standby.ask()).toEqual(elsewhere);
  expect(looks.count).toBe(4);
});

it("goes on waiting while a lease runs out and while the database is silent, until somebody else takes it", async () => {
  const taken = { ...lease, epoch: 2, expiresAtMs: 500, holder: "third", address: "http://127.0.0.1:3" };
  const { standby } = watch([lease, new Error("no database"), { ...lease, isHeld: false }, null, taken]);
  expect(await standby.ask()).toEqual({
    kind: "leads_elsewhere",
    leader: { address: taken.address, nodeUrl: undefined },
  });
});

it("tells all who wait that it leads itself, and answers at once from then on", async () => {
  const { standby, looks } = watch([lease]);
  const waiting = [standby.ask(), standby.ask()];
  looks.isLeading = true;
  expect(await Promise.all(waiting)).toEqual([{ kind: "leads_here" }, { kind: "leads_here" }]);
  expect(await standby.ask()).toEqual({ kind: "leads_here" });
  expect(looks.count).toBeLessThanOrEqual(2);
});

it("believes the lease as it stands when patience ends, and nobody when it is free", async () => {
  expect(await watch([lease], 5).standby.ask()).toEqual(elsewhere);
  expect(await watch([null], 5).standby.ask()).toEqual({ kind: "nobody" });
});

it("lets go of who waits when it is closed", async () => {
  const { standby } = watch([lease]);
  const waiting = standby.ask();
  standby.close();
  expect(await waiting).toEqual({ kind: "nobody" });
  expect(await standby.ask()).toEqual({ kind: "nobody" });
});

it.each([
  ["fail", () => Promise.reject(new Error("no such table"))],
  ["are never answered", () => new Promise<never>(() => undefined)],
])("names the leader by its lease when places %s, without a word on its door", async (_how, readPlaces) => {
  const news = await watch([lease, { ...lease, expiresAtMs: 2_000 }], 60_000, readPlaces).standby.ask();
  expect(news).toEqual({ kind: "leads_elsewhere", leader: { address: lease.address, nodeUrl: undefined } });
  if (news.kind !== "leads_elsewhere") return;
  expect(explainLeader(news.leader, "internal").leader).toBe(lease.address);
  expect(explainLeader(news.leader, "nodes")).toEqual({
    reason: "This controller stands by; the leader has not said where its door for other machines is.",
    leader: null,
  });
  expect(explainLeader({ ...news.leader, nodeUrl: null }, "nodes").reason).toContain("has no door");
});
