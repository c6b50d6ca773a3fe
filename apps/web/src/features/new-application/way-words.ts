/** How an update comes in, in words. Pure. */
import type { PlanView } from "@sluice/contracts";
import { plural } from "../../format/numbers.ts";

type PlannedDeployment = PlanView["deployments"][number];
type Way = NonNullable<PlannedDeployment["way"]>;

export function wayWords(
  { step_size: stepSize }: Pick<PlannedDeployment, "step_size">,
  way: Way,
): { readonly title: string; readonly text: string } {
  switch (way) {
    case "surge":
      return {
        title: "All at once, side by side",
        text: "New replicas are ready before the old ones give anything up.",
      };
    case "step":
      return {
        title: `In steps of ${plural(stepSize ?? 1, "replica")}`,
        text: "There is no room for both: old replicas go a few at a time, each only after its requests have moved.",
      };
    case "interrupt":
      return {
        title: "With an interruption",
        text: "The only old replica has to go before the new one can start; requests wait in the queue meanwhile.",
      };
    case "move":
      return {
        title: "In place",
        text: "Running replicas take on the new settings one after the other; none is restarted.",
      };
    case "wait":
      return {
        title: "Waits for room",
        text: "Nothing is taken from the old replicas until there is room for the new.",
      };
  }
}
