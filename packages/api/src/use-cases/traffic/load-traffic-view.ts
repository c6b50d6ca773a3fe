import type { TrafficView } from "@sluice/contracts";
import { getEffectiveTraffic, getTrafficSplit, listGateways } from "@sluice/db";
import type { Application, Db, Gateway, TrafficInForce, TrafficSplit } from "@sluice/db";
import { variantName } from "@sluice/domain";
import { isoOf } from "../applications/application-views.ts";

export async function loadTrafficView(db: Db, application: Application): Promise<TrafficView> {
  const [split, effective, gateways] = await Promise.all([
    getTrafficSplit(db, application.id),
    getEffectiveTraffic(db, application.id),
    listGateways(db),
  ]);
  return trafficViewOf(application.name, split, effective, gateways);
}

/** Pure. Only connected gateways are counted: one that is away serves from its disk and will be told when it is back. */
export function trafficViewOf(
  application: string,
  split: TrafficSplit | null,
  effective: TrafficInForce | null,
  gateways: readonly Gateway[],
): TrafficView {
  const connected = gateways.filter((gateway) => gateway.connected);
  return {
    application,
    wanted: split === null ? null : variantsOf(split),
    effective: effective?.variants.map(({ variant, revision, weight }) => ({ variant, revision, weight })) ?? [],
    source: effective?.source ?? "rollout",
    reason: effective?.reason ?? "No revision is ready yet.",
    changed_at: effective === null ? null : isoOf(effective.changedAtMs),
    gateways_applied:
      effective === null ? 0 : connected.filter((gateway) => hasApplied(gateway, application, effective)).length,
    gateways_total: connected.length,
    in_force_at: toIso(effective?.inForceAtMs ?? null),
  };
}

/** The revisions of a root split with their weights. */
export function variantsOf(split: TrafficSplit): VariantOfSplit[] {
  return split.variants.flatMap(({ revision, weight }) =>
    revision === null ? [] : [{ variant: variantName(revision), revision, weight }],
  );
}
type VariantOfSplit = TrafficView["effective"][number];

function toIso(ms: number | null): string | null {
  return ms === null ? null : isoOf(ms);
}

function hasApplied(gateway: Gateway, application: string, effective: TrafficInForce): boolean {
  const applied = gateway.applied[application];
  if (applied === undefined || effective.sliceVersion === 0) return false;
  if (applied.epoch !== effective.sliceEpoch) return applied.epoch > effective.sliceEpoch;
  return applied.version >= effective.sliceVersion;
}
