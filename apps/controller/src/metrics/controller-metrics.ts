/** Prometheus metrics of this controller. Names and numbers are Ray Serve's where it has them. */
import type { MetricsRegistry } from "@sluice/observability";

/** The metrics of one controller process. */
export type ControllerMetrics = ReturnType<typeof registerControllerMetrics>;

export function registerControllerMetrics(metrics: MetricsRegistry) {
  const autoscaling = (name: string, help: string) =>
    metrics.gauge({ name: `ray_serve_autoscaling_${name}`, help, labels: ["application", "deployment"] });
  return {
    isLeader: metrics.gauge({ name: "sluice_controller_is_leader", help: "1 while this controller leads, else 0." }),
    loopDuration: metrics.gauge({
      name: "ray_serve_controller_control_loop_duration_s",
      help: "Seconds that the latest reconcile of an application took.",
    }),
    loops: metrics.gauge({
      name: "ray_serve_controller_num_control_loops",
      help: "Reconciles of applications since this controller began to lead.",
    }),
    corrections: metrics.counter({
      name: "sluice_controller_reconcile_corrections_total",
      help: "Changes made by the periodic resync that no event had asked for.",
    }),
    stateCorrections: metrics.counter({
      name: "sluice_controller_state_corrections_total",
      help: "Applications and nodes of which the leader's memory did not agree with the rows.",
    }),
    replicaHealthy: metrics.gauge({
      name: "ray_serve_deployment_replica_healthy",
      help: "1 for a replica that is ready on a node that is heard of, 0 for any other that has not ended.",
      labels: ["application", "deployment", "replica"],
    }),
    deploymentStatus: metrics.gauge({
      name: "ray_serve_deployment_status",
      help: "1 DEPLOY_FAILED, 2 UNHEALTHY, 3 UPDATING, 4 UPSCALING, 5 DOWNSCALING, 6 HEALTHY.",
      labels: ["application", "deployment"],
    }),
    applicationStatus: metrics.gauge({
      name: "ray_serve_application_status",
      help: "1 DEPLOY_FAILED, 2 UNHEALTHY, 3 NOT_STARTED, 4 DELETING, 5 DEPLOYING, 6 RUNNING.",
      labels: ["application"],
    }),
    autoscalingTarget: autoscaling("target_replicas", "Replicas that the autoscaler wants, within the bounds."),
    autoscalingDesired: autoscaling("desired_replicas", "Replicas that load and factors ask for, before the bounds."),
    autoscalingRequests: autoscaling("total_requests", "Requests, queued ones included, that the decision is made on."),
    autoscalingGoal: autoscaling("target_ongoing_requests", "Requests that one replica should have."),
  };
}

/** Only the leader speaks about the cluster: a standby's last numbers would be old ones. */
export function resetClusterMetrics(metrics: ControllerMetrics): void {
  metrics.isLeader.set(0);
  metrics.loops.set(0);
  metrics.replicaHealthy.reset();
  metrics.deploymentStatus.reset();
  metrics.applicationStatus.reset();
  resetAutoscaling(metrics);
}

export function resetAutoscaling(metrics: ControllerMetrics): void {
  metrics.autoscalingTarget.reset();
  metrics.autoscalingDesired.reset();
  metrics.autoscalingRequests.reset();
  metrics.autoscalingGoal.reset();
}
