import { expect, it } from "vitest";
import type { DeploymentView } from "@sluice/contracts";
import { byHandWords, lookOfDeployment } from "./deployment-look.ts";

const healthy = { status: "HEALTHY", message: "", ready_replicas: 2, target_num_replicas: 2 } as const;

it("is healthy only with every replica that is wanted", () => {
  expect(lookOfDeployment(healthy)).toEqual({ tone: "ok", word: "Healthy", reason: "" });
  expect(lookOfDeployment({ ...healthy, target_num_replicas: 5 })).toEqual({
    tone: "warn",
    word: "Replicas missing",
    reason: "2 of 5 replicas are ready.",
  });
});

it("has a reason whenever it is not healthy", () => {
  expect(lookOfDeployment({ ...healthy, status: "UPDATING" }).reason).toMatch(/not given a reason/);
  expect(lookOfDeployment({ ...healthy, status: "DEPLOY_FAILED", message: "no weights" }).reason).toBe("no weights");
});

it("says beside the number who set it where it is not the spec's", () => {
  const options = { num_replicas: 1 } as DeploymentView["options"];
  expect(byHandWords({ manual_num_replicas: 3, options })).toBe(", set by hand (the spec says 1)");
  expect(byHandWords({ manual_num_replicas: null, options })).toBe("");
});
