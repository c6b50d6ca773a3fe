import { describe, expect, it } from "vitest";
import type { ApplicationView, DeploymentView, TrafficView } from "@sluice/contracts";
import { arrowWidth, buildGraph, drawGraph, placeBoxes } from "./graph-model.ts";

const deployment = (name: string, outbound: string[] = [], ingress = false): DeploymentView =>
  ({ application: "a", name, outbound, ingress, status: "HEALTHY" }) as unknown as DeploymentView;

const application = (deployments: DeploymentView[], effective: TrafficView["effective"] = []): ApplicationView =>
  ({
    name: "a",
    route_prefix: "/a",
    target_revision: 4,
    deployments_detail: deployments,
    traffic: { effective },
  }) as unknown as ApplicationView;

describe("the pipeline of an application", () => {
  it("is a route and one box for one deployment", () => {
    const graph = buildGraph(application([deployment("Model", [], true)]), []);
    expect(graph.boxes.map((box) => box.id)).toEqual(["route", "Model"]);
    expect(graph.arrows.map((arrow) => arrow.id)).toEqual(["route>Model"]);
  });

  it("follows handles from deployment to deployment, each drawn once", () => {
    const graph = buildGraph(
      application([deployment("In", ["A", "B"], true), deployment("A", ["B"]), deployment("B")]),
      [],
    );
    expect(graph.arrows.map((arrow) => arrow.id)).toEqual(["route>In", "In>A", "In>B", "A>B"]);
    expect(graph.boxes).toHaveLength(4);
  });

  it("draws a diamond and one ingress per revision while traffic is split", () => {
    const variants = [
      { variant: "r1", revision: 1, weight: 90 },
      { variant: "r2", revision: 2, weight: 10 },
      { variant: "r3", revision: 3, weight: 0 },
    ];
    const graph = buildGraph(application([deployment("Model", [], true)], variants), []);
    expect(graph.boxes.map((box) => box.id)).toEqual(["route", "split", "Model@1", "Model@2"]);
    expect(graph.arrows.map((arrow) => arrow.revision)).toEqual([null, 1, 2]);
    expect(graph.arrows.map((arrow) => arrow.colourOf)).toEqual([null, 1, 2]);
  });

  it("has the colour of the one revision in force, or of the target before any is", () => {
    const chain = [deployment("In", ["A"], true), deployment("A")];
    const serving = buildGraph(application(chain, [{ variant: "r3", revision: 3, weight: 100 }]), []);
    expect(serving.arrows.map((arrow) => arrow.colourOf)).toEqual([3, 3]);
    expect(buildGraph(application(chain), []).arrows.map((arrow) => arrow.colourOf)).toEqual([4, 4]);
  });

  it("puts the revisions of a split in their order from the top", () => {
    const variants = [3, 5, 9].map((revision) => ({ variant: `r${revision}`, revision, weight: 100 / 3 }));
    const places = placeBoxes(buildGraph(application([deployment("Model", [], true)], variants), []));
    const rows = variants.map((variant) => places.get(`Model@${variant.revision}`)?.y ?? Number.NaN);
    expect(rows).toEqual([...rows].sort((left, right) => left - right));
    expect(new Set(rows).size).toBe(3);
  });

  it("says only the route before anything is described", () => {
    expect(buildGraph(application([]), [])).toEqual({
      boxes: [{ kind: "route", id: "route", route: "/a" }],
      arrows: [],
    });
  });

  it("is laid out left to right along its arrows", () => {
    const graph = buildGraph(application([deployment("In", ["A"], true), deployment("A")]), []);
    const places = placeBoxes(graph);
    const x = (id: string): number => places.get(id)?.x ?? Number.NaN;
    expect(x("route")).toBeLessThan(x("In"));
    expect(x("In")).toBeLessThan(x("A"));
  });
});

describe("a drawing in the room there is", () => {
  const variants = [1, 2].map((revision) => ({ variant: `r${revision}`, revision, weight: 50 }));
  const split = buildGraph(application([deployment("Model", [], true)], variants), []);

  it("goes left to right where its words can be read, and from the top down on a phone", () => {
    expect(drawGraph(split, 900).flow).toBe("right");
    expect(drawGraph(split, 0).flow).toBe("right");
    const phone = drawGraph(split, 360);
    expect(phone.flow).toBe("down");
    expect(phone.width * 0.8).toBeLessThanOrEqual(360);
  });

  it("keeps the order of revisions when it points down", () => {
    const { places } = drawGraph(split, 360);
    const left = places.get("Model@1");
    const right = places.get("Model@2");
    expect(left?.y).toBe(right?.y);
    expect(left?.x).toBeLessThan(right?.x ?? 0);
    expect(places.get("route")?.y).toBeLessThan(left?.y ?? 0);
  });
});

it("an arrow is thin without data and widest at the largest rate", () => {
  expect(arrowWidth(null, 100)).toBe(1.5);
  expect(arrowWidth(100, 100)).toBe(6.5);
  expect(arrowWidth(25, 100)).toBe(4);
});
