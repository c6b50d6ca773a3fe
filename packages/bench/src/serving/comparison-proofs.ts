/** The comparisons as proofs: one for the whole table, and one for each workload. */
import { runComparison } from "../compare.ts";
import type { Workload } from "../measurement.ts";
import { allPeers } from "../peers/index.ts";
import type { Figure, Proof } from "../proof.ts";
import { renderMarkdown } from "../report/markdown.ts";
import type { Verdict } from "../targets.ts";
import { allWorkloads } from "../workloads/index.ts";

const settings = { repetitions: 5, seconds: 3 };

export const comparisonProofs: readonly Proof[] = [
  comparisonProof("1", "The whole table: every workload beside its peers", allWorkloads),
  ...allWorkloads.map((workload) => comparisonProof(workload.id, workload.title, [workload])),
];

function comparisonProof(line: string, title: string, workloads: readonly Workload[]): Proof {
  return {
    id: `serving.${line}`,
    title,
    method: `${String(settings.repetitions)} alternating repetitions of ${String(settings.seconds)} s; ${
      workloads.length === 1 ? (workloads[0]?.method ?? "") : "as each workload says"
    }`,
    run: async (log) => {
      const report = await runComparison({ peers: allPeers, workloads, settings, log });
      for (const line of renderMarkdown(report).trimEnd().split("\n")) log(line);
      return report.targets.map(figureOf);
    },
  };
}

/** What was not measured holds nothing, and misses nothing: it is printed as it is. */
function figureOf({ text, unit, samples, outcome, remark }: Verdict): Figure {
  const name = remark === "" ? text : `${text} (${remark})`;
  if (outcome === "not measured") return { name, unit, samples };
  return { name, unit, samples, target: "as said", holds: outcome === "holds" };
}
