/** Nodes and join tokens for the dashboard. */
import { z } from "zod";
import { JoinTokenBody, NodePatch, PageQuery } from "@sluice/contracts";
import { procedure, router } from "./trpc.ts";

const ById = z.object({ id: z.string().min(1).max(200) });

export const nodeRouter = router({
  list: procedure
    .input(PageQuery.partial().default({}))
    .query(({ ctx, input }) => ctx.api.listNodes(ctx.principal, { limit: input.limit ?? 100, cursor: input.cursor })),
  get: procedure.input(ById).query(({ ctx, input }) => ctx.api.getNode(ctx.principal, input)),
  cordon: procedure.input(ById).mutation(({ ctx, input }) => ctx.api.cordonNode(ctx.principal, input)),
  uncordon: procedure.input(ById).mutation(({ ctx, input }) => ctx.api.uncordonNode(ctx.principal, input)),
  drain: procedure.input(ById).mutation(({ ctx, input }) => ctx.api.drainNode(ctx.principal, input)),
  remove: procedure
    .input(ById.extend({ force: z.boolean().default(false) }))
    .mutation(({ ctx, input }) => ctx.api.removeNode(ctx.principal, input)),
  label: procedure
    .input(NodePatch.extend(ById.shape))
    .mutation(({ ctx, input }) => ctx.api.labelNode(ctx.principal, input)),
  joinTokens: procedure.query(({ ctx }) => ctx.api.listJoinTokens(ctx.principal)),
  createJoinToken: procedure
    .input(JoinTokenBody)
    .mutation(({ ctx, input }) => ctx.api.createJoinToken(ctx.principal, input)),
  deleteJoinToken: procedure.input(ById).mutation(({ ctx, input }) => ctx.api.deleteJoinToken(ctx.principal, input)),
});
