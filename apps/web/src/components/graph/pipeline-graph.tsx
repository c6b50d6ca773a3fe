"use client";

import { ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ApplicationView, ReplicaView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { ScrollHint } from "@/components/ui/scroll-hint.tsx";
import { DeploymentBoxView, RouteView, SplitView } from "./boxes.tsx";
import type { DeploymentNode, RouteNode, SplitNode } from "./boxes.tsx";
import { arrowWidth, boxSize, buildGraph, drawGraph, smallestZoom } from "./graph-model.ts";
import { RateEdge } from "./rate-edge.tsx";
import type { RateEdgeType } from "./rate-edge.tsx";
import { readingOf, usePipelineRates } from "./use-pipeline-rates.ts";

const nodeTypes = { route: RouteView, split: SplitView, deployment: DeploymentBoxView };
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

/** Around the drawing: a share of the card's width and height. */
const padding = { right: 0.12, down: 0.05 } as const;
const tallestPx = { right: 380, down: 640 } as const;

function Canvas({ application, replicas }: PipelineGraphProps) {
  const [room, roomPx] = useWidth();
  const graph = useMemo(() => buildGraph(application, replicas), [application, replicas]);
  // Positions depend on what is drawn and where, not on its numbers.
  const names = graph.boxes.map((box) => box.id).join() + graph.arrows.map((arrow) => arrow.id).join();
  const { flow, places, width, height } = useMemo(() => drawGraph(graph, roomPx), [names, roomPx]);
  const rates = usePipelineRates(application.name, graph);

  const nodes = graph.boxes.map(
    (box) =>
      ({
        id: box.id,
        type: box.kind,
        data: { box, flow },
        position: places.get(box.id) ?? { x: 0, y: 0 },
        ...boxSize[box.kind],
      }) as AnyNode,
  );
  const readings = graph.arrows.map((arrow) => ({ arrow, ...readingOf(rates, arrow) }));
  const largest = Math.max(0, ...readings.map((reading) => reading.rate ?? 0));
  const edges: RateEdgeType[] = readings.map(({ arrow, isAnswered, rate, p99Ms }) => ({
    id: arrow.id,
    source: arrow.from,
    target: arrow.to,
    type: "rate",
    focusable: false,
    data: {
      isAnswered,
      rate,
      p99Ms,
      colourOf: arrow.colourOf,
      width: arrowWidth(rate, largest),
      hasSiblings: graph.arrows.some((other) => other.from === arrow.from && other !== arrow),
    },
  }));
  const fit = { padding: padding[flow], maxZoom: 1 };

  return (
    <ScrollHint label="Graph of the pipeline">
      <div ref={room} />
      <div
        style={{ height: Math.min(tallestPx[flow], Math.max(150, height + 60)), minWidth: smallestZoom * width }}
        className="px-1"
      >
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          fitView
          proOptions={{ hideAttribution: true }}
          fitViewOptions={fit}
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
        <Refit shape={`${flow} ${names}`} padding={fit.padding} />
      </div>
    </ScrollHint>
  );
}

/** Width of the card, 0 until it is measured. */
function useWidth() {
  const room = useRef<HTMLDivElement>(null);
  const [widthPx, setWidthPx] = useState(0);
  useEffect(() => {
    const element = room.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidthPx(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [room, widthPx] as const;
}

/** Keeps the whole drawing in view when it changes or its card does. */
function Refit({ shape, padding }: { shape: string; padding: number }) {
  const { fitView } = useReactFlow();
  const probe = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const fit = (): void => void fitView({ padding, maxZoom: 1 });
    const frame = requestAnimationFrame(fit);
    const card = probe.current?.parentElement;
    const observer = new ResizeObserver(fit);
    if (card !== null && card !== undefined) observer.observe(card);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, [fitView, shape, padding]);
  return <span ref={probe} aria-hidden />;
}
