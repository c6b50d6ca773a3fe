"use client";

import type { ReplicaView } from "@sluice/contracts";
import { replicaLook } from "@/components/states.ts";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { formatAge, formatCountdown } from "@/format/time.ts";
import { ReplicaStages } from "./replica-stages.tsx";

/** Stage as shape and word; what is kept warm or takes on new settings says so. Opens the reason. */
export function ReplicaState({ replica, nowMs }: { replica: ReplicaView; nowMs: number }) {
  const look = lookOf(replica, nowMs);
  return <StateBadge tone={look.tone} word={look.word} plain reason={<Reason replica={replica} nowMs={nowMs} />} />;
}

function lookOf(replica: ReplicaView, nowMs: number): { readonly tone: Tone; readonly word: string } {
  if (replica.stage !== "ready") return replicaLook[replica.stage];
  if (replica.reconfiguring) return { tone: "busy", word: "Reconfiguring" };
  if (replica.warm_until === null) return replicaLook.ready;
  const leftMs = Date.parse(replica.warm_until) - nowMs;
  return { tone: "gone", word: nowMs > 0 && leftMs > 0 ? `Warm, ${formatCountdown(leftMs)}` : "Warm" };
}

function Reason({ replica, nowMs }: { replica: ReplicaView; nowMs: number }) {
  const enteredAt = replica.stage_times[replica.stage];
  return (
    <div className="grid gap-2">
      <p className="text-text">{sentenceFor(replica)}</p>
      {enteredAt !== undefined && nowMs > 0 && <p className="text-xs">Since {formatAge(enteredAt, nowMs)}</p>}
      <ReplicaStages replica={replica} nowMs={nowMs} />
    </div>
  );
}

function sentenceFor(replica: ReplicaView): string {
  if (replica.reconfiguring)
    return "It takes on the settings of another revision in place; until it has, it gets no requests.";
  if (replica.warm_until !== null && (replica.ongoing ?? 0) > 0)
    return "It gets no new requests, finishes those it has, and is kept for a rollback, which takes seconds while it is there.";
  if (replica.warm_until !== null)
    return "It serves nothing any more and is kept for a rollback, which takes seconds while it is there.";
  if (replica.message !== "") return replica.message;
  return `Replica ${replica.id} is ${replicaLook[replica.stage].word.toLowerCase()}.`;
}
