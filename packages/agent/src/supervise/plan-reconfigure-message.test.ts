import { expect, it } from "vitest";
import { buildAssignment } from "../../test/assignment.ts";
import { planReconfigureMessage } from "./plan-reconfigure-message.ts";

it("tells a process also that it shall have no user_config, which is not the same as leaving it as it is", () => {
  expect(planReconfigureMessage(buildAssignment({ userConfig: { a: 1 } }))).toMatchObject({ userConfig: { a: 1 } });
  const { userConfig: _, ...without } = buildAssignment();
  expect(planReconfigureMessage(without)).toMatchObject({ userConfig: null });
});
