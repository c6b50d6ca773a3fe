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
  /** Whose colour it has: its own revision's, or that of the only one in force. Null = several share it. */
  readonly colourOf: number | null;
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

  // Those that are kept warm for a rollback take no requests.
  const live = replicas.filter(
    (replica) => replica.stage !== "stopped" && replica.stage !== "failed" && replica.warm_until === null,
  );
  const of = (name: string, revision: number | null): readonly ReplicaView[] =>
    live.filter(
      (replica) => replica.deployment === name && (revision === null || replica.revisions.includes(revision)),
    );
  const variants = application.traffic.effective
    .filter((variant) => variant.weight > 0)
    .sort((left, right) => left.revision - right.revision);
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
  const only = isSplit ? null : (variants[0]?.revision ?? application.target_revision);
  const arrow = (from: string, to: string, deployment: string, revision: number | null): Arrow => ({
    id: `${from}>${to}`,
    from,
    to,
    deployment,
    revision,
    colourOf: revision ?? only,
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
  deployment: { width: 168, height: 60 },
};

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Way of the arrows. A phone has room below, not beside. */
export type Flow = "right" | "down";

/** Room between ranks carries the labels of the arrows: beside them when they point down. */
const spacing: Readonly<Record<Flow, { readonly rankdir: "LR" | "TB"; nodesep: number; ranksep: number }>> = {
  right: { rankdir: "LR", nodesep: 36, ranksep: 130 },
  down: { rankdir: "TB", nodesep: 20, ranksep: 64 },
};

/** Top left corner of every box, in the order of the arrows. */
export function placeBoxes(graph: PipelineGraph, flow: Flow = "right"): ReadonlyMap<string, Place> {
  const dag = new graphlib.Graph();
  dag.setGraph({ ...spacing[flow] });
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
  return orderRevisions(graph, places, flow === "right" ? "y" : "x");
}

/** Revisions of a split stand in their order, so that they do not change places from one look to the next. */
function orderRevisions(
  graph: PipelineGraph,
  places: ReadonlyMap<string, Place>,
  axis: keyof Place,
): ReadonlyMap<string, Place> {
  const ids = graph.boxes.flatMap((box) => (box.kind === "deployment" && box.revision !== null ? [box.id] : []));
  const rows = ids.map((id) => places.get(id)?.[axis] ?? 0).sort((left, right) => left - right);
  return new Map(
    [...places].map(([id, place]) => [
      id,
      ids.includes(id) ? { ...place, [axis]: rows[ids.indexOf(id)] ?? place[axis] } : place,
    ]),
  );
}

export interface Drawing {
  readonly flow: Flow;
  readonly places: ReadonlyMap<string, Place>;
  readonly width: number;
  readonly height: number;
}

/** Smaller than this the words in the boxes cannot be read. */
export const smallestZoom = 0.8;

/**
 * Left to right where that fits at a size one can read, else from the top down. What is too wide even then keeps its size and
 * scrolls. `widthPx` = room there is; 0 = not known yet.
 */
export function drawGraph(graph: PipelineGraph, widthPx: number): Drawing {
  const beside = drawingOf(graph, "right");
  if (widthPx === 0 || beside.width * smallestZoom <= widthPx) return beside;
  const below = drawingOf(graph, "down");
  return below.width < beside.width ? below : beside;
}

function drawingOf(graph: PipelineGraph, flow: Flow): Drawing {
  const places = placeBoxes(graph, flow);
  const end = (axis: keyof Place, size: "width" | "height"): number =>
    Math.max(0, ...graph.boxes.map((box) => (places.get(box.id)?.[axis] ?? 0) + boxSize[box.kind][size]));
  return { flow, places, width: end("x", "width"), height: end("y", "height") };
}

/** Width of an arrow in px: grows with the square root of its share of the largest rate. */
export function arrowWidth(rate: number | null, largestRate: number): number {
  if (rate === null || rate <= 0 || largestRate <= 0) return 1.5;
  return 1.5 + 5 * Math.sqrt(rate / largestRate);
}
