export { deployment, isApplication, isDeployment } from "./deployment.ts";
export type {
  Application,
  ApplicationBuilder,
  BindArgument,
  Deployment,
  DeploymentClass,
  DeploymentHooks,
} from "./deployment.ts";
export type { FetchApp, FetchAppClass } from "./fetch-app.ts";
export type { DeploymentOptions, JsonValue } from "./deployment-options.ts";
export type { LoggingConfig } from "./logging-options.ts";
export type {
  LabelSelector,
  PlacementGroupFallback,
  PlacementStrategy,
  RayActorOptions,
  ResourceBundle,
} from "./placement-options.ts";
export type { RequestRouterConfig } from "./request-router-options.ts";
export type { AutoscalingConfig, AutoscalingSchedule, BackpressureConfig } from "./scaling-options.ts";
export { hookNames } from "./handle.ts";
export type { DeploymentHandle, HandleArgument, MethodName, RemoteMethod } from "./handle.ts";
export { checkHandleOptions } from "./handle-options.ts";
export type { HandleOptions } from "./handle-options.ts";
export { handleBrand } from "./brand.ts";
export { buildApplication, graphOf, NodeReference } from "./graph.ts";
export type { ApplicationGraph, GraphNode } from "./graph.ts";
export { mapNested } from "./nested-arguments.ts";
export { describeApplication, methodsOf } from "./describe-application.ts";
export { getMultiplexedModelId, getReplicaContext, getRequestContext } from "./context/user-context.ts";
export type { ReplicaContext, RequestContext, RequestTimings } from "./context/request-context.ts";
export { batch } from "./batch/batch.ts";
export { itemEnd } from "./batch/item-end.ts";
export type { BatchControls, BatchedMethod, BatchedStream, BatchFunctionOptions } from "./batch/batched-method.ts";
export type { BatchOptions } from "./batch/batch-settings.ts";
export { multiplexed } from "./multiplex/multiplexed.ts";
export type { ModelGetter, MultiplexedOptions } from "./multiplex/multiplexed.ts";
export { createClient } from "./client/client.ts";
export type { Client, MetricOptions, PageOptions } from "./client/client.ts";
export type { ApplicationCalls, PutOptions } from "./client/applications.ts";
export type { ReplicaCalls } from "./client/replicas.ts";
export type { ClientOptions } from "./client/http-call.ts";
export { ApiError } from "./client/api-error.ts";
export type { ApplicationSpecInput } from "@sluice/contracts";
export { onnx, OnnxModel } from "./onnx-model.ts";
export type {
  ModelBatching,
  ModelInput,
  ModelOutput,
  NestedValues,
  OnnxModelOptions,
  TypedValues,
} from "./onnx-model.ts";
export type { ServerWebSocket } from "./websocket.ts";
