import type { MetricAnswer, MetricName } from "@sluice/contracts";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { Figure } from "@/components/ui/table.tsx";
import { formatMeasured } from "@/format/numbers.ts";
import { totalOf } from "./chart-model.ts";

/** A metric over its whole range, in a table; "no data" only once that was answered. */
export function MeasuredFigure({
  answer,
  metric,
  unit,
}: {
  answer: MetricAnswer | undefined;
  metric: MetricName;
  unit: string;
}) {
  if (answer === undefined) return <Skeleton className="ml-auto h-3 w-12" />;
  return <Figure value={formatMeasured(totalOf(answer, metric))} unit={unit} />;
}
