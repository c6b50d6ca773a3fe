/** Steering the move to a revision, and scaling by hand. */
import { z } from "zod";
import { Name, ScaleBody } from "@sluice/contracts";
import { etagOf, ok, operation } from "./operation.ts";
import type { Operation, RestAnswer } from "./operation.ts";
import type { RolloutAnswer } from "../use-cases/rollouts/steer-rollout.ts";

const ByName = z.object({ name: Name });
const tag = "Applications";
const rollout = { 200: { description: "The rollout", schema: "Rollout" } };

const answerOf = ({ rollout: view, generation }: RolloutAnswer): RestAnswer => ok(view, { etag: etagOf(generation) });

export const rolloutOperations: readonly Operation[] = [
  operation({
    id: "scaleDeployment",
    method: "POST",
    path: "/applications/{name}/deployments/{deployment}/scale",
    summary:
      "Set the number of replicas by hand, at least 1; null gives it back to the spec. Refused where the autoscaler owns it",
    tag,
    params: ByName.extend({ deployment: z.string().min(1).max(200) }),
    body: { kind: "json", schema: ScaleBody },
    responses: { 200: { description: "The number in force", schema: "Scale" } },
    problems: [404, 409, 412, 415, 422],
    handle: async ({ api, principal, params, body, ifGeneration }) => {
      const answer = await api.scaleDeployment(principal, {
        application: params.name,
        deployment: params.deployment,
        targetNumReplicas: body.target_num_replicas,
        ifGeneration,
      });
      return ok(answer, { etag: etagOf(answer.generation) });
    },
  }),
  operation({
    id: "getAutoscaling",
    method: "GET",
    path: "/applications/{name}/autoscaling",
    summary: "What the autoscaler thinks now of each autoscaled deployment, with all its numbers",
    tag,
    params: ByName,
    responses: { 200: { description: "One evaluation for each autoscaled pool", schema: "Autoscaling" } },
    problems: [404],
    handle: async ({ api, principal, params }) => ok(await api.getAutoscaling(principal, params)),
  }),
  operation({
    id: "getRollout",
    method: "GET",
    path: "/applications/{name}/rollout",
    summary: "Where the newest rollout stands",
    tag,
    params: ByName,
    responses: rollout,
    problems: [404],
    handle: async ({ api, principal, params }) => answerOf(await api.getRollout(principal, params)),
  }),
  operation({
    id: "pauseRollout",
    method: "POST",
    path: "/applications/{name}/rollout/pause",
    summary: "Hold the rollout still: nothing starts, moves or goes until it is resumed",
    tag,
    params: ByName,
    responses: rollout,
    problems: [404, 409, 412],
    handle: async ({ api, principal, params, ifGeneration }) =>
      answerOf(await api.pauseRollout(principal, { ...params, ifGeneration })),
  }),
  operation({
    id: "resumeRollout",
    method: "POST",
    path: "/applications/{name}/rollout/resume",
    summary: "Let a paused rollout go on",
    tag,
    params: ByName,
    responses: rollout,
    problems: [404, 412],
    handle: async ({ api, principal, params, ifGeneration }) =>
      answerOf(await api.resumeRollout(principal, { ...params, ifGeneration })),
  }),
  operation({
    id: "abortRollout",
    method: "POST",
    path: "/applications/{name}/rollout/abort",
    summary: "Go back to the revision that the rollout came from",
    tag,
    params: ByName,
    responses: rollout,
    problems: [404, 409, 412],
    handle: async ({ api, principal, params, ifGeneration }) =>
      answerOf(await api.abortRollout(principal, { ...params, ifGeneration })),
  }),
];
