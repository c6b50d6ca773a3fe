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
