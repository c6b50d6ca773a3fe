"use client";

import { ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import type { ApplicationView, ReplicaView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { DeploymentBoxView, RouteView, SplitView } from "./boxes.tsx";
import type { DeploymentNode, RouteNode, SplitNode } from "./boxes.tsx";
import { arrowWidth, boxSize, buildGraph, placeBoxes } from "./graph-model.ts";
import { RateEdge } from "./rate-edge.tsx";
import type { RateEdgeType } from "./rate-edge.tsx";
import { readingOf, usePipelineRates } from "./use-pipeline-rates.ts";

const nodeTypes = { route: RouteView, split: SplitView, deployment: DeploymentBoxView };
const smallestZoom = 0.8;
const edgeTypes = { rate: RateEdge };
type AnyNode = RouteNode | SplitNode | DeploymentNode;

export interface PipelineGraphProps {
  application: ApplicationView;
  replicas: readonly ReplicaView[];
}

/** Where requests go, left to right, with what they do now. */
export function PipelineGraph({ application, replicas }: PipelineGraphProps) {
  return (
    <Card title="Pipeline" note="last 1 min, live · label: rate and p99" flush>
      <ReactFlowProvider>
        <Canvas application={application} replicas={replicas} />
      </ReactFlowProvider>
    </Card>
  );
}

function Canvas({ application, replicas }: PipelineGraphProps) {
  const graph = useMemo(() => buildGraph(application, replicas), [application, replicas]);
  // Positions depend on what is drawn, not on its numbers.
  const shape = graph.boxes.map((box) => box.id).join() + graph.arrows.map((arrow) => arrow.id).join();
  const places = useMemo(() => placeBoxes(graph), [shape]);
  const rates = usePipelineRates(application.name, graph);

  const nodes = graph.boxes.map(
    (box) =>
      ({
        id: box.id,
        type: box.kind,
        data: { box },
        position: places.get(box.id) ?? { x: 0, y: 0 },
        ...boxSize[box.kind],
      }) as AnyNode,
  );
  const readings = graph.arrows.map((arrow) => ({ arrow, ...readingOf(rates, arrow) }));
  const largest = Math.max(0, ...readings.map((reading) => reading.rate ?? 0));
  const edges: RateEdgeType[] = readings.map(({ arrow, rate, p99Ms }) => ({
    id: arrow.id,
    source: arrow.from,
    target: arrow.to,
    type: "rate",
    focusable: false,
    data: { rate, p99Ms, revision: arrow.revision, width: arrowWidth(rate, largest) },
  }));
  // Narrower than this the words in the boxes cannot be read; then the drawing scrolls sideways.
  const minWidth =
    smallestZoom * Math.max(...graph.boxes.map((box) => (places.get(box.id)?.x ?? 0) + boxSize[box.kind].width));
  const height = Math.min(380, Math.max(150, ...[...places.values()].map((place) => place.y + 120)));

  return (
    <div className="overflow-x-auto" role="region" aria-label="Pipeline, scrolls sideways" tabIndex={0}>
      <div style={{ height, minWidth }} className="px-1">
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          fitView
          proOptions={{ hideAttribution: true }}
          fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
          minZoom={0.3}
          maxZoom={1}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          panOnDrag={false}
          zoomOnScroll={false}
          zoomOnPinch={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          disableKeyboardA11y
          aria-label="Pipeline of the application"
        />
        <Refit shape={shape} />
      </div>
    </div>
  );
}

/** Keeps the whole drawing in view when it changes or its card does. */
function Refit({ shape }: { shape: string }) {
  const { fitView } = useReactFlow();
  const probe = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const fit = (): void => void fitView({ padding: 0.12, maxZoom: 1 });
    const frame = requestAnimationFrame(fit);
    const card = probe.current?.parentElement;
    const observer = new ResizeObserver(fit);
    if (card !== null && card !== undefined) observer.observe(card);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, [fitView, shape]);
  return <span ref={probe} aria-hidden />;
}
