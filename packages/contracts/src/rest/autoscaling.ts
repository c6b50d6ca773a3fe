/** What the autoscaler thinks of an application's deployments. */
import { z } from "zod";
import { AutoscalingEvaluation } from "../links/autoscaling-view.ts";

export const AutoscalingView = z.object({
  /** False while no controller leads: nothing is decided, and the evaluations are the last that changed a number. */
  available: z.boolean(),
  /** One for each autoscaled pool; `atMs` says when it was made. */
  evaluations: z.array(AutoscalingEvaluation),
});
export type AutoscalingView = z.infer<typeof AutoscalingView>;
