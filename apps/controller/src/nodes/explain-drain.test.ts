import type { Replica } from "@sluice/db";
import { expect, it } from "vitest";
import type { ApplicationPart } from "../state/application-part.ts";
import { explainDrain } from "./explain-drain.ts";

type State = Parameters<typeof explainDrain>[0];

function stateOf(pending: readonly Partial<Replica>[]): State {
  const names = ["hello", "digits"];
  const here = names.map((name) => ({ applicationId: name, poolId: `${name}-pool`, deployment: "model" }) as Replica);
  return {
    replicasOn: () => here,
    application: (id) =>
      ({
        intent: { application: { name: id } },
        replicas: new Map(
          pending
            .filter(({ applicationId }) => applicationId === id)
            .map((replica, i) => [String(i), { poolId: `${id}-pool`, ...replica } as Replica]),
        ),
      }) as unknown as ApplicationPart,
  };
}

const refusal = (nodeId: string, reason: string) => ({
  nodeId,
  nodeName: nodeId,
  reason,
  advice: null,
  suggestion: null,
});

it("says nothing while no replacement waits for room", () => {
  expect(explainDrain(stateOf([]), "n1")).toBeNull();
  expect(explainDrain(stateOf([{ applicationId: "hello", stage: "starting", message: "" }]), "n1")).toBeNull();
});

it("names the deployment whose replacement waits, and why another node refuses it", () => {
  const waits = (applicationId: string, nodes: readonly string[]): Partial<Replica> => ({
    applicationId,
    stage: "pending",
    message: "needs 1 CPU, 0.25 of 2 free on n2. Set num_cpus to 0.25 or less.",
    refusals: nodes.map((node) => refusal(node, node === "n1" ? "is draining" : "needs 1 CPU, 0.25 of 2 free")),
  });
  expect(explainDrain(stateOf([waits("hello", ["n1", "n2", "n3"])]), "n1")).toBe(
    "The replacement of hello/model waits for room: n2: needs 1 CPU, 0.25 of 2 free, and 1 more refuses",
  );
  expect(explainDrain(stateOf([waits("hello", ["n1"]), waits("digits", ["n1", "n2"])]), "n1")).toBe(
    "The replacement of hello/model waits for room: there is no other node; so do those of digits/model",
  );
});
