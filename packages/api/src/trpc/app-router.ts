/** The dashboard's door: each procedure only parses its input and calls one use-case. */
import { z } from "zod";
import {
  BundleDescribeBody,
  EventQuery,
  MetricQuery,
  Name,
  PageQuery,
  PlaygroundSend,
  RevisionMessage,
  Sha256,
  TrafficPut,
} from "@sluice/contracts";
import { nodeRouter } from "./node-router.ts";
import { rolloutRouter } from "./rollout-router.ts";
import { procedure, router } from "./trpc.ts";

const Generation = z.int().nonnegative().optional();
const ByName = z.object({ name: Name });
const RevisionNumber = z.int().positive("A revision number, from 1.");
/** The spec as an object or as YAML text; its own issues come back as 422 with pointers, not as input errors. */
const SpecInput = z.unknown();

const applications = router({
  list: procedure
    .input(PageQuery.partial().default({}))
    .query(({ ctx, input }) => ctx.api.listApplications(ctx.principal, page(input))),
  get: procedure.input(ByName).query(({ ctx, input }) => ctx.api.getApplication(ctx.principal, input)),
  put: procedure
    .input(z.object({ name: Name, spec: SpecInput, message: RevisionMessage.optional(), ifGeneration: Generation }))
    .mutation(({ ctx, input }) => ctx.api.putApplication(ctx.principal, input)),
  plan: procedure
    .input(z.object({ name: Name, spec: SpecInput }))
    .mutation(({ ctx, input }) => ctx.api.planApplication(ctx.principal, input)),
  delete: procedure
    .input(z.object({ name: Name, ifGeneration: Generation }))
    .mutation(({ ctx, input }) => ctx.api.deleteApplication(ctx.principal, input)),
  rollback: procedure
    .input(
      z.object({ name: Name, revision: RevisionNumber, message: RevisionMessage.optional(), ifGeneration: Generation }),
    )
    .mutation(({ ctx, input }) => ctx.api.rollbackApplication(ctx.principal, input)),
  revisions: procedure
    .input(PageQuery.partial().extend({ name: Name }))
    .query(({ ctx, input }) => ctx.api.listRevisions(ctx.principal, { ...page(input), name: input.name })),
  revision: procedure
    .input(z.object({ name: Name, number: RevisionNumber }))
    .query(({ ctx, input }) => ctx.api.getRevision(ctx.principal, input)),
  diff: procedure
    .input(z.object({ name: Name, from: RevisionNumber, to: RevisionNumber }))
    .query(({ ctx, input }) => ctx.api.diffRevisions(ctx.principal, input)),
  traffic: procedure.input(ByName).query(({ ctx, input }) => ctx.api.getTraffic(ctx.principal, input)),
  putTraffic: procedure
    .input(z.object({ name: Name, variants: TrafficPut.shape.variants, ifGeneration: Generation }))
    .mutation(({ ctx, input }) =>
      ctx.api.putTraffic(ctx.principal, {
        name: input.name,
        traffic: { variants: input.variants },
        ifGeneration: input.ifGeneration,
      }),
    ),
  resetTraffic: procedure
    .input(z.object({ name: Name, ifGeneration: Generation }))
    .mutation(({ ctx, input }) => ctx.api.resetTraffic(ctx.principal, input)),
});

const deployments = router({
  list: procedure
    .input(PageQuery.partial().default({}))
    .query(({ ctx, input }) => ctx.api.listDeployments(ctx.principal, page(input))),
});

const replicas = router({
  list: procedure
    .input(PageQuery.partial().extend({ application: Name.optional() }).default({}))
    .query(({ ctx, input }) => ctx.api.listReplicas(ctx.principal, { ...page(input), application: input.application })),
  get: procedure
    .input(z.object({ id: z.string().min(1).max(100) }))
    .query(({ ctx, input }) => ctx.api.getReplica(ctx.principal, input)),
});

const gateways = router({
  list: procedure
    .input(PageQuery.partial().default({}))
    .query(({ ctx, input }) => ctx.api.listGateways(ctx.principal, page(input))),
});

const events = router({
  list: procedure
    .input(EventQuery.partial().default({}))
    .query(({ ctx, input }) => ctx.api.listEvents(ctx.principal, { ...input, limit: input.limit ?? 50 })),
});

const metrics = router({
  query: procedure.input(MetricQuery).query(({ ctx, input }) => ctx.api.queryMetrics(ctx.principal, input)),
});

const bundles = router({
  list: procedure
    .input(PageQuery.partial().default({}))
    .query(({ ctx, input }) => ctx.api.listBundles(ctx.principal, page(input))),
  get: procedure.input(z.object({ sha256: Sha256 })).query(({ ctx, input }) => ctx.api.getBundle(ctx.principal, input)),
  describe: procedure.input(BundleDescribeBody.extend({ sha256: Sha256 })).mutation(({ ctx, input }) =>
    ctx.api.describeBundle(ctx.principal, {
      sha256: input.sha256,
      runtime: input.runtime,
      importPath: input.import_path,
      args: input.args,
      envVars: input.env_vars,
    }),
  ),
});

const spec = router({
  validate: procedure
    .input(z.object({ spec: SpecInput }))
    .query(({ ctx, input }) => ctx.api.validateSpec(ctx.principal, input)),
});

const playground = router({
  send: procedure.input(PlaygroundSend).mutation(({ ctx, input }) => ctx.api.sendPlayground(ctx.principal, input)),
});

const system = router({ health: procedure.query(({ ctx }) => ctx.api.getHealth()) });

const live = router({
  changes: procedure.subscription(async function* ({ ctx, signal }) {
    yield* ctx.api.watchChanges(ctx.principal, signal ?? new AbortController().signal);
  }),
});

export const appRouter = router({
  applications,
  deployments,
  replicas,
  nodes: nodeRouter,
  rollouts: rolloutRouter,
  gateways,
  events,
  metrics,
  bundles,
  spec,
  playground,
  system,
  live,
});

export type AppRouter = typeof appRouter;

function page(input: { limit?: number | undefined; cursor?: string | undefined }): {
  limit: number;
  cursor?: string | undefined;
} {
  return { limit: input.limit ?? 100, cursor: input.cursor };
}
