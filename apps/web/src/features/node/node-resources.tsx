import type { NodeView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { Meter } from "@/components/ui/meter.tsx";
import { formatBytes, formatNumber, formatPercent } from "@/format/numbers.ts";

/** What it has, what is promised to replicas, and what is used. */
export function NodeResources({ node }: { node: NodeView }) {
  return (
    <Card title="Resources" note="promised to replicas, and used by the whole machine">
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 xl:grid-cols-4">
        <Resource
          label="CPU promised"
          value={`${formatNumber(node.cpus_reserved)} of ${formatNumber(node.cpus)}`}
          used={node.cpus_reserved}
          total={node.cpus}
          note="num_cpus of replicas"
        />
        <Resource
          label="CPU used"
          value={formatPercent(node.cpu_percent)}
          used={node.cpu_percent}
          total={100}
          note="of all CPUs, now"
        />
        <Resource
          label="Memory promised"
          value={`${formatBytes(node.memory_reserved_bytes)} of ${formatBytes(node.memory_bytes)}`}
          used={node.memory_reserved_bytes}
          total={node.memory_bytes}
          note="where replicas ask for it"
        />
        <Resource
          label="Memory used"
          value={
            node.memory_used_bytes === null
              ? "no data"
              : `${formatBytes(node.memory_used_bytes)} of ${formatBytes(node.memory_bytes)}`
          }
          used={node.memory_used_bytes}
          total={node.memory_bytes}
          note="whole machine, now"
        />
        {Object.entries(node.resources).map(([name, { total, reserved }]) => (
          <Resource
            key={name}
            label={name}
            value={`${formatNumber(reserved)} of ${formatNumber(total)}`}
            used={reserved}
            total={total}
            note="custom resource"
          />
        ))}
      </dl>
    </Card>
  );
}

interface ResourceProps {
  label: string;
  value: string;
  used: number | null;
  total: number;
  note: string;
}

function Resource({ label, value, used, total, note }: ResourceProps) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-xs text-dim">{label}</dt>
      <dd className="mt-0.5">
        <span className={value === "no data" ? "text-faint" : "font-medium"}>{value}</span>
        <Meter label={label} used={used ?? 0} total={total} className="my-1.5" />
        <span className="block truncate text-2xs text-faint">{note}</span>
      </dd>
    </div>
  );
}
