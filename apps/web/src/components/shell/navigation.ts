import { Boxes, CalendarClock, Gauge, LayoutGrid, Package, Server, SquareCode } from "lucide-react";
import type { LucideIcon } from "lucide-react";

export interface Destination {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** Second key after `g`. */
  readonly key: string;
}

export interface Section {
  readonly title: string | null;
  readonly items: readonly Destination[];
}

/** Only pages that exist. */
export const sections: readonly Section[] = [
  {
    title: null,
    items: [
      { href: "/", label: "Overview", icon: Gauge, key: "o" },
      { href: "/applications", label: "Applications", icon: LayoutGrid, key: "a" },
      { href: "/deployments", label: "Deployments", icon: Boxes, key: "d" },
      { href: "/nodes", label: "Nodes", icon: Server, key: "n" },
    ],
  },
  { title: "Observe", items: [{ href: "/events", label: "Events", icon: CalendarClock, key: "e" }] },
  {
    title: "Manage",
    items: [
      { href: "/bundles", label: "Bundles", icon: Package, key: "b" },
      { href: "/docs", label: "REST API", icon: SquareCode, key: "r" },
    ],
  },
];

export const destinations: readonly Destination[] = sections.flatMap((section) => section.items);

export function isCurrent(href: string, pathname: string): boolean {
  return href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
}
