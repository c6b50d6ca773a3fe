import { expect, it } from "vitest";
import { numberDeployments, type PoolState } from "./status-numbers.ts";

const pool = (state: PoolState["state"], wanted: number, deployment = "model"): PoolState => ({
  application: "digits",
  deployment,
  state,
  wanted,
});

it("numbers a deployment by the worst of its wanted pools, whatever the retired ones are", () => {
  expect(numberDeployments([pool("HEALTHY", 2), pool("DEPLOY_FAILED", 0)])).toEqual([
    { application: "digits", deployment: "model", value: 6 },
  ]);
  expect(numberDeployments([pool("HEALTHY", 2), pool("UPDATING", 1), pool("DOWNSCALING", 1, "other")])).toEqual([
    { application: "digits", deployment: "model", value: 3 },
    { application: "digits", deployment: "other", value: 5 },
  ]);
});

it("numbers a deployment that is only being emptied by what is left", () => {
  expect(numberDeployments([pool("DOWNSCALING", 0)])).toEqual([
    { application: "digits", deployment: "model", value: 5 },
  ]);
});
