import { expect, it } from "vitest";
import type { EventView } from "@sluice/contracts";
import { eventReasons, nodeEventReasons } from "@sluice/domain";
import { listMarkers } from "./chart-markers.ts";

const minuteMs = 60_000;

function event(reason: string, atMs: number): EventView {
  return {
    id: `${atMs}`,
    at: new Date(atMs).toISOString(),
    severity: "info",
    reason,
    message: `${reason} happened`,
    numbers: {},
    application: "a",
    deployment: null,
    revision: null,
    replica_id: null,
    node_id: null,
  };
}

it("marks what changes how an application behaves, by the exact codes that the controller records", () => {
  const all = [...eventReasons, ...nodeEventReasons].map((reason, index) => event(reason, index * minuteMs));
  const texts = listMarkers(all, minuteMs).map((marker) => marker.text.split(" ")[0]);
  expect(texts).toEqual([
    "ReplicaReplaced",
    "ReplicaFailed",
    "ReplicaLost",
    "ReplicaReconfigured",
    "ScaledUp",
    "ScaledDown",
    "Autoscaled",
    "TrafficChanged",
    "DeployFailed",
    "DeployCompleted",
    "ApplicationDeleted",
    "NodeReady",
    "NodeUnreachable",
  ]);
});

it("marks nothing for a code that it does not know", () => {
  expect(listMarkers([event("toString", 0), event("deploy", 0)], minuteMs)).toEqual([]);
});

it("joins events too close to be told apart, in order of time", () => {
  const markers = listMarkers([event("DeployCompleted", 1_500), event("TrafficChanged", 1_000)], 15 * minuteMs);
  expect(markers).toEqual([{ atMs: 1_000, text: "TrafficChanged happened\nDeployCompleted happened" }]);
});
