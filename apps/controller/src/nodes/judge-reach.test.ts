import { describe, expect, it } from "vitest";
import { judgeReach, listNodesToTry, reachAtHello } from "./judge-reach.ts";

const ready = { state: "ready", message: "" } as const;
const closed = { state: "ready", message: "as before" } as const;
const listener = { kind: "tls", host: "10.0.0.7", port: 4000 } as const;
const local = { nodeId: "n1", place: { dataAddress: "local", machineId: "m1" }, dataListener: null };
const remote = { nodeId: "n1", place: { dataAddress: "10.0.0.7", machineId: "m2" }, dataListener: listener };
const gateway = (machineId: string | null, reach: Record<string, string | null> = {}) => ({
  machineId,
  reach: new Map(Object.entries(reach)),
});

describe("a node without a data address", () => {
  it("is reached by gateways of its own machine, and by no others", () => {
    expect(judgeReach(ready, local, [gateway("m1")])).toBeNull();
    expect(judgeReach(ready, local, [gateway("m1"), gateway("m2")])).toBe(
      "it advertises no data address; start its agent with --data-address",
    );
  });

  it("is taken as reached where agents or gateways do not say where they are", () => {
    expect(judgeReach(ready, local, [gateway(null)])).toBeNull();
    expect(judgeReach(ready, { ...local, place: { dataAddress: "local" } }, [gateway("m2")])).toBeNull();
  });
});

describe("a node with a data address", () => {
  it("is reached once a gateway has reached it, and not while one fails to", () => {
    expect(judgeReach(closed, remote, [gateway("m1", { n1: null })])).toBeNull();
    expect(judgeReach(ready, remote, [gateway("m1", { n1: null }), gateway("m3", { n1: "connection refused" })])).toBe(
      "gateways cannot reach 10.0.0.7: connection refused",
    );
  });

  it("stays as it was found while nobody can tell", () => {
    for (const before of [ready, closed]) {
      const asBefore = before.message === "" ? null : before.message;
      expect(judgeReach(before, undefined, [gateway("m1")])).toBe(asBefore);
      expect(judgeReach(before, remote, [])).toBe(asBefore);
      expect(judgeReach(before, remote, [gateway("m1")])).toBe(asBefore);
    }
  });

  it("that is new takes nothing before it was tried", () => {
    const facts = { ...remote.place, nodeId: "n1" } as Parameters<typeof reachAtHello>[1];
    expect(reachAtHello(null, facts)).toBe("gateways have not tried to reach 10.0.0.7 yet");
    expect(reachAtHello(ready, facts)).toBeNull();
    expect(reachAtHello(closed, facts)).toBe("as before");
    expect(judgeReach(ready, { ...remote, dataListener: null }, [gateway("m1")])).toBe(
      "it does not listen on 10.0.0.7 yet",
    );
  });
});

it("gateways try the nodes that listen for them", () => {
  expect(listNodesToTry([local, remote])).toEqual([{ nodeId: "n1", address: listener }]);
});
