"use client";

import Link from "next/link";
import type { NodeGpuView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { Meter } from "@/components/ui/meter.tsx";
import { deploymentPath } from "@/features/deployment/deployment-path.ts";
import { formatBytes, formatNumber, formatPercent, shortHash } from "@/format/numbers.ts";

/** Each GPU with what is promised of it and to whom, and its memory as the driver tells it. */
export function GpuList({ gpus, reserved }: { gpus: readonly NodeGpuView[]; reserved: number }) {
  if (gpus.length === 0) {
    return (
      <Card title="GPUs" note="none found">
        <p className="text-dim">
          The agent found none with nvidia-smi. That is normal on a machine without; --num-gpus declares some for tests.
        </p>
      </Card>
    );
  }
  return (
    <Card title="GPUs" note={`${formatNumber(reserved)} of ${gpus.length} promised to replicas`} flush>
      <ul className="divide-y divide-line border-t border-line">
        {gpus.map((gpu) => (
          <Gpu key={gpu.uuid} gpu={gpu} />
        ))}
      </ul>
    </Card>
  );
}

function Gpu({ gpu }: { gpu: NodeGpuView }) {
  const { memoryTotalBytes: total, memoryUsedBytes: used } = gpu;
  return (
    <li className="grid gap-x-6 gap-y-2 px-3.5 py-2.5 md:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_minmax(0,1fr)]">
      <div className="min-w-0">
        <p className="truncate font-medium" title={gpu.name}>
          <span className="text-faint">{gpu.index}</span> {gpu.name}
          {gpu.migProfile !== null && <span className="text-xs text-faint"> MIG {gpu.migProfile}</span>}
        </p>
        <p className="truncate font-mono text-2xs text-faint" title={gpu.uuid}>
          {shortHash(gpu.uuid)}
          {gpu.utilisationPercent !== null && ` · ${formatPercent(gpu.utilisationPercent)} busy`}
        </p>
      </div>
      <div className="min-w-0">
        <p className="text-xs text-dim">
          {gpu.held_by.length === 0 ? "Free" : `${formatPercent(gpu.used_share * 100)} promised`}
        </p>
        <Meter label={`Share of GPU ${gpu.index} that is promised`} used={gpu.used_share} total={1} className="my-1" />
        <ul className="flex flex-wrap gap-x-2.5 text-2xs">
          {gpu.held_by.map((holder) => (
            <li key={holder.replica_id} title={holder.replica_id}>
              <Link
                href={deploymentPath(holder.application, holder.deployment)}
                className="text-dim hover:text-text hover:underline"
              >
                {holder.application}/{holder.deployment}
              </Link>{" "}
              {holder.share < 1 && <span className="text-faint">{formatPercent(holder.share * 100)}</span>}
            </li>
          ))}
        </ul>
      </div>
      <div className="min-w-0">
        <p className="text-xs text-dim">
          {total === null
            ? "Memory not known"
            : used === null
              ? `${formatBytes(total)} memory`
              : `${formatBytes(used)} of ${formatBytes(total)} memory used`}
        </p>
        {used === null && <p className="text-2xs text-faint">its use is not measured</p>}
        {total !== null && used !== null && (
          <Meter label={`Memory of GPU ${gpu.index}`} used={used} total={total} className="my-1" />
        )}
      </div>
    </li>
  );
}
