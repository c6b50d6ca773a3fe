/** The pipeline of an application as boxes and arrows with places. Pure; dagre only computes positions. */
import { graphlib, layout } from "@dagrejs/dagre";
import type { ApplicationView, DeploymentView, ReplicaView, TrafficView } from "@sluice/contracts";

type Variant = TrafficView["effective"][number];

export interface DeploymentBox {
  readonly kind: "deployment";
  readonly id: string;
  readonly deployment: DeploymentView;
  /** Set when the ingress is drawn once per revision of a split. */
  readonly revision: number | null;
  readonly replicas: readonly ReplicaView[];
}
export interface RouteBox {
  readonly kind: "route";
  readonly id: string;
  readonly route: string | null;
}
export interface SplitBox {
  readonly kind: "split";
  readonly id: string;
  readonly variants: readonly Variant[];
}
export type Box = DeploymentBox | RouteBox | SplitBox;

/** What an arrow's label shows: rate and p99 of this scope. `deployment: ""` is the application at the gateway. */
export interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly deployment: string;
  readonly revision: number | null;
}

export interface PipelineGraph {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/**
 * Route -> ingress -> outbound deployments. With more than one variant in force, a split diamond stands behind the route
 * and each revision gets its ingress; deployments behind the ingress are drawn once, since pools may be shared.
 */
export function buildGraph(application: ApplicationView, replicas: readonly ReplicaView[]): PipelineGraph {
  const deployments = application.deployments_detail;
  const ingress = deployments.find((deployment) => deployment.ingress) ?? deployments[0];
  const route: RouteBox = { kind: "route", id: "route", route: application.route_prefix };
  if (ingress === undefined) return { boxes: [route], arrows: [] };

  const live = replicas.filter((replica) => replica.stage !== "stopped" && replica.stage !== "failed");
  const of = (name: string, revision: number | null): readonly ReplicaView[] =>
    live.filter(
      (replica) => replica.deployment === name && (revision === null || replica.revisions.includes(revision)),
    );
  const variants = application.traffic.effective.filter((variant) => variant.weight > 0);
  const box = (deployment: DeploymentView, revision: number | null): DeploymentBox => ({
    kind: "deployment",
    id: revision === null ? deployment.name : `${deployment.name}@${revision}`,
    deployment,
    revision,
    replicas: of(deployment.name, revision),
  });

  const isSplit = variants.length > 1;
  const entries = isSplit ? variants.map((variant) => box(ingress, variant.revision)) : [box(ingress, null)];
  const others = deployments.filter((deployment) => deployment !== ingress).map((deployment) => box(deployment, null));
  const split: SplitBox = { kind: "split", id: "split", variants };
  const arrow = (from: string, to: string, deployment: string, revision: number | null): Arrow => ({
    id: `${from}>${to}`,
    from,
    to,
    deployment,
    revision,
  });
  return {
    boxes: [route, ...(isSplit ? [split] : []), ...entries, ...others],
    arrows: [
      ...(isSplit ? [arrow("route", "split", "", null)] : []),
      ...entries.map((entry) => arrow(isSplit ? "split" : "route", entry.id, "", entry.revision)),
      ...entries.flatMap((entry) => ingress.outbound.map((target) => arrow(entry.id, target, target, null))),
      ...others.flatMap((other) => other.deployment.outbound.map((target) => arrow(other.id, target, target, null))),
    ].filter((one, index, all) => all.findIndex((other) => other.id === one.id) === index),
  };
}

export const boxSize: Readonly<Record<Box["kind"], { readonly width: number; readonly height: number }>> = {
  route: { width: 112, height: 40 },
  split: { width: 64, height: 56 },
  deployment: { width: 176, height: 60 },
};

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Top left corner of every box, left to right. */
export function placeBoxes(graph: PipelineGraph): ReadonlyMap<string, Place> {
  const dag = new graphlib.Graph();
  // Room between ranks carries the labels of the arrows.
  dag.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 116 });
  dag.setDefaultEdgeLabel(() => ({}));
  for (const box of graph.boxes) dag.setNode(box.id, { ...boxSize[box.kind] });
  for (const arrow of graph.arrows) dag.setEdge(arrow.from, arrow.to);
  layout(dag);
  const places = new Map(
    graph.boxes.map((box) => {
      const { x, y } = dag.node(box.id) as Place;
      const { width, height } = boxSize[box.kind];
      return [box.id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
  return orderRevisions(graph, places);
}

/** Revisions of a split stand in their order from the top, so that they do not change places from one look to the next. */
function orderRevisions(graph: PipelineGraph, places: ReadonlyMap<string, Place>): ReadonlyMap<string, Place> {
  const ids = graph.boxes.flatMap((box) => (box.kind === "deployment" && box.revision !== null ? [box.id] : []));
  const rows = ids.map((id) => places.get(id)?.y ?? 0).sort((left, right) => left - right);
  return new Map(
    [...places].map(([id, place]) => [
      id,
      ids.includes(id) ? { x: place.x, y: rows[ids.indexOf(id)] ?? place.y } : place,
    ]),
  );
}

/** Width of an arrow in px: grows with the square root of its share of the largest rate. */
export function arrowWidth(rate: number | null, largestRate: number): number {
  if (rate === null || rate <= 0 || largestRate <= 0) return 1.5;
  return 1.5 + 5 * Math.sqrt(rate / largestRate);
}
