import type { ApplicationSummary, DeploymentView, NodeView } from "@sluice/contracts";
import { destinations } from "./navigation.ts";

export interface PaletteEntry {
  readonly id: string;
  readonly label: string;
  /** What kind of thing it is, or what surrounds it. */
  readonly note: string;
  readonly href: string;
}

export interface PaletteData {
  readonly applications: readonly ApplicationSummary[];
  readonly deployments: readonly DeploymentView[];
  readonly nodes: readonly NodeView[];
}

/** Everything that can be gone to, most wanted kinds first. */
export function listPaletteEntries({ applications, deployments, nodes }: PaletteData): PaletteEntry[] {
  return [
    { id: "do:new", label: "New application", note: "action", href: "/applications/new" },
    ...applications.flatMap((application) => {
      const base = `/applications/${encodeURIComponent(application.name)}`;
      const route = application.route_prefix ?? "no route";
      return [
        { id: `a:${application.name}`, label: application.name, note: `application · ${route}`, href: base },
        {
          id: `p:${application.name}`,
          label: `Try ${application.name}`,
          note: `playground · ${route}`,
          href: `${base}/playground`,
        },
        {
          id: `r:${application.name}`,
          label: `Roll back ${application.name}`,
          note: "revisions",
          href: `${base}/revisions`,
        },
      ];
    }),
    ...deployments.map((deployment) => ({
      id: `d:${deployment.application}/${deployment.name}`,
      label: deployment.name,
      note: `deployment of ${deployment.application}`,
      href: `/applications/${encodeURIComponent(deployment.application)}/deployments/${encodeURIComponent(deployment.name)}`,
    })),
    ...nodes.map((node) => ({
      id: `n:${node.id}`,
      label: node.name,
      note: "node",
      href: `/nodes/${encodeURIComponent(node.id)}`,
    })),
    ...destinations.map((item) => ({
      id: `g:${item.href}`,
      label: item.label,
      note: `page · g ${item.key}`,
      href: item.href,
    })),
  ];
}

/**
 * Entries whose label or note contains every word of the query; those whose label begins with it come first, then
 * those whose label contains it. The order among equals is kept.
 */
export function rankEntries(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const text = query.trim().toLowerCase();
  if (text === "") return [...entries];
  const words = text.split(/\s+/);
  const rank = (entry: PaletteEntry): number => {
    const label = entry.label.toLowerCase();
    if (label.startsWith(text)) return 0;
    return label.includes(text) ? 1 : 2;
  };
  return entries
    .filter((entry) => words.every((word) => `${entry.label} ${entry.note}`.toLowerCase().includes(word)))
    .map((entry, index) => ({ entry, index, rank: rank(entry) }))
    .sort((left, right) => left.rank - right.rank || left.index - right.index)
    .map(({ entry }) => entry);
}
