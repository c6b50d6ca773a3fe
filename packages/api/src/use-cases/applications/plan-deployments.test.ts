import { ApplicationSpec } from "@sluice/contracts";
import { planRevisionDeployments, type RevisionDeployment } from "@sluice/db";
import { expect, it } from "vitest";
import { planDeployments } from "./plan-deployments.ts";

const description = {
  ingress: "M",
  deployments: [{ options: { name: "M" }, outbound: [], methods: ["fetch"], hooks: ["reconfigure"] }],
};

function sideOf(userConfig: object | undefined) {
  const spec = ApplicationSpec.parse({
    name: "app",
    import_path: "app:app",
    runtime_env: { working_dir: `bundle:${"a".repeat(64)}` },
    deployments: [{ name: "M", num_replicas: 2, ...(userConfig === undefined ? {} : { user_config: userConfig }) }],
  });
  const planned = planRevisionDeployments(spec, description);
  if (!planned.ok) throw new Error(JSON.stringify(planned.issues));
  return { spec, deployments: planned.deployments };
}

function storedOf({ spec, deployments }: ReturnType<typeof sideOf>) {
  const rows = deployments.map((one): RevisionDeployment => ({
    ...one,
    applicationId: "app",
    revision: 1,
    deployment: one.resolved.name,
    poolId: "pool",
  }));
  return { spec, deployments: rows };
}

it.each([
  ["the first one", undefined, { a: 1 }, "reconfigure", "Running replicas take it on in place, 1 at a time."],
  ["another one", { a: 1 }, { a: 2 }, "reconfigure", "Running replicas take it on in place, 1 at a time."],
  ["none any more", { a: 1 }, undefined, "restart", "Code that was given a user_config cannot be without one again."],
] as const)(
  "says beforehand what a user_config does to running replicas: %s",
  (_what, before, after, action, reason) => {
    const [change] = planDeployments(storedOf(sideOf(before)), sideOf(after));
    expect(change?.line).toMatchObject({ action, reason: `Changed: user_config. ${reason}` });
  },
);

it("counts the number set by hand while it stays in force, and says so", () => {
  const side = sideOf({ a: 1 });
  const kept = planDeployments(storedOf(side), side, { before: { M: 5 }, after: { M: 5 } });
  expect(kept[0]).toMatchObject({
    added: 0,
    line: { num_replicas: 5, manual_num_replicas: 5, action: "keep" },
  });
  expect(kept[0]?.line.reason).toMatch(/5 replicas, set by hand; the spec says 2\.$/);
  const restarted = planDeployments(storedOf(side), sideOf(undefined), { before: { M: 1 }, after: { M: 1 } });
  expect(restarted[0]).toMatchObject({ added: 1, line: { num_replicas: 1, action: "restart" } });
  expect(restarted[0]?.line.reason).toMatch(/1 replica, set by hand; the spec says 2\.$/);
});

it("says that a new number in the spec ends the one set by hand, from which it starts", () => {
  const side = sideOf({ a: 1 });
  const [change] = planDeployments(storedOf(side), side, { before: { M: 1 }, after: {} });
  expect(change).toMatchObject({ added: 1, line: { num_replicas: 2, manual_num_replicas: null } });
  expect(change?.line.reason).toBe("The spec's new number ends the 1 set by hand: from 1 to 2.");
});
