import type { RoutedPool } from "@sluice/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildBackend, buildPool, FakePorts } from "../../test/build-slice.ts";
import type { PoolReplica } from "./pool-replica.ts";
import type { AdmissionReason } from "./decide-admission.ts";
import type { PickReason } from "./pick-replica.ts";
import { PoolRouter } from "./pool-router.ts";
import type { WaitRefusal, Waiter } from "./wait-queue.ts";

const deedsWithPick = [
  "release",
  "give up",
  "answer head",
  "reject",
  "abandon",
  "unreachable",
  "lost",
  "cancel",
  "slot",
  "down",
  "up",
  "models",
] as const;
type DeedWithPick = (typeof deedsWithPick)[number];

type Deed =
  | { readonly kind: "ask"; readonly deadlineMs: number | null; readonly excludes: boolean; readonly modelId: string }
  | { readonly kind: DeedWithPick; readonly pick: number }
  | { readonly kind: "replicas"; readonly count: number }
  | { readonly kind: "time"; readonly ms: number };

const deeds: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      deadlineMs: fc.option(fc.integer({ min: 1, max: 2000 })),
      excludes: fc.boolean(),
      modelId: fc.constantFrom("", "", "m", "n"),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(...deedsWithPick),
      pick: fc.nat({ max: 50 }),
    }),
  },
  fc.record({ kind: fc.constant("replicas" as const), count: fc.integer({ min: 0, max: 4 }) }),
  fc.record({ kind: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 700 }) }),
);

class Client implements Waiter {
  order = -1;
  readonly deadlineMs: number;
  readonly excluded: ReadonlySet<string> | null;
  readonly modelId: string;
  pickReason: PickReason | "" = "";
  waitReason: AdmissionReason | "" = "";
  replica: PoolReplica | undefined;
  refusal: WaitRefusal | undefined;
  isCancelled = false;
  readonly onMove: (client: Client) => void;

  constructor(deadlineMs: number, deed: Extract<Deed, { kind: "ask" }>, onMove: (client: Client) => void) {
    this.deadlineMs = deadlineMs;
    this.excluded = deed.excludes ? new Set(["r0"]) : null;
    this.modelId = deed.modelId;
    this.onMove = onMove;
  }

  onGrant(replica: PoolReplica): void {
    if (this.replica !== undefined || this.refusal !== undefined || this.isCancelled) throw new Error("granted twice");
    this.replica = replica;
    this.onMove(this);
  }

  onRefuse(refusal: WaitRefusal): void {
    if (this.replica !== undefined || this.refusal !== undefined || this.isCancelled) throw new Error("ended twice");
    this.refusal = refusal;
    this.onMove(this);
  }

  get isWaiting(): boolean {
    return this.replica === undefined && this.refusal === undefined && !this.isCancelled;
  }
}

const MAX_ONGOING = 2;

describe("PoolRouter under any sequence of events", () => {
  it("never exceeds max_ongoing_requests, keeps the order of arrival, and loses no waiter", () => {
    fc.assert(
      fc.property(fc.array(deeds, { maxLength: 120 }), fc.integer({ min: 1, max: 2 ** 31 - 1 }), (story, seed) => {
        let state = seed;
        const ports = new FakePorts(() => {
          state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
          return state / 2 ** 31;
        });
        let count = 2;
        // Two on the router's own node, the others elsewhere.
        const poolOf = (n: number): RoutedPool => ({
          ...buildPool({ maxOngoingRequests: MAX_ONGOING }),
          backends: Array.from({ length: n }, (_, i) => buildBackend(`r${i}`, i < 2 ? "n0" : "n1")),
        });
        const router = new PoolRouter(poolOf(count), ports, {
          nodeId: "n0",
          unavailableWaitMs: 3_000,
        });
        const clients: Client[] = [];
        let grants = 0;
        const running = new Set<Client>();
        const waiting = new Set<Client>();

        const onMove = (client: Client): void => {
          waiting.delete(client);
          if (client.refusal !== undefined) return;
          grants += 1;
          running.add(client);
          // FIFO: whoever came earlier and still waits could not take this replica.
          for (const other of waiting) {
            // One that is for a model may prefer to wait for its holder.
            const isPicky = other.modelId !== "" || other.excluded?.has(client.replica?.replicaId ?? "") === true;
            const couldTake = !isPicky;
            if (other.order < client.order && other.order >= 0 && couldTake) throw new Error("a waiter was overtaken");
          }
          if ((client.replica?.sent ?? 0) > MAX_ONGOING) throw new Error("over max_ongoing_requests");
          if ((client.replica?.downUntilMs ?? 0) > ports.nowMs) throw new Error("a replica that is down got a request");
          if (client.replica?.onTrial === true && client.replica.sent > 1) throw new Error("two requests on trial");
          if (client.pickReason === "" || client.replica?.removed === true) throw new Error("granted without a reason");
        };
        const nth = <T>(of: Iterable<T>, pick: number): T | undefined => {
          const all = [...of];
          return all[pick % Math.max(1, all.length)];
        };
        const take = (pick: number): { client: Client; replica: PoolReplica } | undefined => {
          const client = nth(running, pick);
          if (client?.replica === undefined) return undefined;
          running.delete(client);
          return { client, replica: client.replica };
        };

        for (const deed of story) {
          switch (deed.kind) {
            case "ask": {
              const deadlineMs = deed.deadlineMs === null ? Number.POSITIVE_INFINITY : ports.nowMs + deed.deadlineMs;
              const client = new Client(deadlineMs, deed, onMove);
              clients.push(client);
              waiting.add(client);
              router.wait(client);
              break;
            }
            case "release": {
              const taken = take(deed.pick);
              if (taken !== undefined) router.release(taken.replica);
              break;
            }
            case "give up": {
              const taken = take(deed.pick);
              if (taken !== undefined) router.release(taken.replica, false);
              break;
            }
            case "answer head": {
              const client = nth(running, deed.pick);
              if (client?.replica !== undefined) router.heardFrom(client.replica);
              break;
            }
            case "unreachable":
            case "lost": {
              const taken = take(deed.pick);
              if (taken !== undefined) router.fail(taken.replica, deed.kind);
              break;
            }
            case "models":
              router.setModels(`r${deed.pick % 4}`, deed.pick % 3 === 0 ? ["m"] : []);
              break;
            case "abandon": {
              const taken = take(deed.pick);
              if (taken !== undefined) router.abandon(taken.replica);
              break;
            }
            case "reject": {
              const taken = take(deed.pick);
              if (taken === undefined) break;
              router.reject(taken.replica, 5);
              taken.client.replica = undefined;
              waiting.add(taken.client);
              router.wait(taken.client);
              break;
            }
            case "cancel": {
              const client = nth(waiting, deed.pick);
              if (client !== undefined && router.cancel(client)) {
                client.isCancelled = true;
                waiting.delete(client);
              }
              break;
            }
            case "slot":
              router.announceSlot(`r${deed.pick % 4}`);
              break;
            case "down":
              router.markDown(`r${deed.pick % 4}`, 300);
              break;
            case "up":
              router.markUp(`r${deed.pick % 4}`);
              break;
            case "replicas":
              count = deed.count;
              router.update(poolOf(count));
              break;
            case "time":
              ports.advance(deed.ms);
              break;
            default:
              deed satisfies never;
          }
          const sent = [...running].length;
          if (router.load().sent !== sent || router.queued !== waiting.size) throw new Error("the load is miscounted");
        }

        // Everything that runs ends, replicas are there, time passes: every waiter must come to an end, without one SLOT.
        router.update(poolOf(4));
        for (let i = 0; i < clients.length + 50 && running.size + waiting.size > 0; i += 1) {
          const taken = take(0);
          if (taken !== undefined) router.release(taken.replica);
          ports.advance(300);
        }
        while (running.size > 0) {
          const taken = take(0);
          if (taken !== undefined) router.release(taken.replica);
        }
        expect(clients.filter((client) => client.isWaiting)).toEqual([]);
        expect(router.load()).toEqual({ poolId: "p1", queued: 0, sent: 0 });
        expect(ports.timerCount).toBe(0);
        const granted = Object.values(router.counts.picks).reduce((sum, count) => sum + count, 0);
        expect(granted).toBe(grants);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
