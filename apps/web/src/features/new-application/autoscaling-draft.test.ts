import { expect, it } from "vitest";
import { chooseScaling, isAutomatic, scalingText, setScaling } from "./autoscaling-draft.ts";

it("knows automatic from fixed", () => {
  expect(isAutomatic({ num_replicas: "3" })).toBe(false);
  expect(isAutomatic({ num_replicas: "auto" })).toBe(true);
  expect(isAutomatic({ autoscaling_config: '{"min_replicas":0}' })).toBe(true);
});

it("switches both ways without leaving a block behind", () => {
  expect(chooseScaling({ num_replicas: "3" }, true)).toEqual({ num_replicas: "auto" });
  expect(chooseScaling({ num_replicas: "auto", autoscaling_config: "{}" }, false)).toEqual({
    num_replicas: "1",
    autoscaling_config: "",
  });
});

it("changes one field of the block and keeps what the form does not show", () => {
  const fields = { autoscaling_config: '{"max_replicas":4,"schedules":[]}' };
  expect(scalingText(fields, "max_replicas")).toBe("4");
  expect(JSON.parse(setScaling(fields, "max_replicas", "8"))).toEqual({ schedules: [], max_replicas: 8 });
  expect(JSON.parse(setScaling(fields, "max_replicas", ""))).toEqual({ schedules: [] });
  expect(JSON.parse(setScaling(fields, "aggregation_function", "max"))).toMatchObject({ aggregation_function: "max" });
  // The server says what is wrong with it, at the field.
  expect(JSON.parse(setScaling({}, "min_replicas", "few"))).toEqual({ min_replicas: "few" });
  expect(setScaling({ autoscaling_config: '{"min_replicas":1}' }, "min_replicas", "")).toBe("");
});
