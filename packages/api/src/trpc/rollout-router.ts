/** Steering rollouts and scaling by hand, for the dashboard. */
import { z } from "zod";
import { Name, ScaleBody } from "@sluice/contracts";
import { procedure, router } from "./trpc.ts";

const Steered = z.object({ name: Name, ifGeneration: z.int().nonnegative().optional() });

export const rolloutRouter = router({
  get: procedure.input(z.object({ name: Name })).query(({ ctx, input }) => ctx.api.getRollout(ctx.principal, input)),
  autoscaling: procedure
    .input(z.object({ name: Name }))
    .query(({ ctx, input }) => ctx.api.getAutoscaling(ctx.principal, input)),
  pause: procedure.input(Steered).mutation(({ ctx, input }) => ctx.api.pauseRollout(ctx.principal, input)),
  resume: procedure.input(Steered).mutation(({ ctx, input }) => ctx.api.resumeRollout(ctx.principal, input)),
  abort: procedure.input(Steered).mutation(({ ctx, input }) => ctx.api.abortRollout(ctx.principal, input)),
  scale: procedure
    .input(Steered.extend({ deployment: z.string().min(1).max(200), ...ScaleBody.shape }))
    .mutation(({ ctx, input }) =>
      ctx.api.scaleDeployment(ctx.principal, {
        application: input.name,
        deployment: input.deployment,
        targetNumReplicas: input.target_num_replicas,
        ifGeneration: input.ifGeneration,
      }),
    ),
});
