import Link from "next/link";
import { Fragment } from "react";
import type { ReactNode } from "react";

export interface Crumb {
  readonly href: string;
  readonly label: string;
}

export interface PageHeaderProps {
  title: string;
  crumbs?: readonly Crumb[];
  /** State badges and tags beside the title. */
  state?: ReactNode;
  /** Right side, the one primary last. */
  actions?: ReactNode;
}

/** Crumb, title, state, then actions at the right with one primary. */
export function PageHeader({ title, crumbs = [], state, actions }: PageHeaderProps) {
  return (
    <header className="mb-4 flex min-h-[30px] flex-wrap items-center gap-x-2.5 gap-y-2">
      <div className="flex min-w-0 items-baseline gap-2">
        {crumbs.map((crumb) => (
          <Fragment key={crumb.href}>
            <Link href={crumb.href} className="text-faint hover:text-text">
              {crumb.label}
            </Link>
            <span aria-hidden className="text-faint">
              /
            </span>
          </Fragment>
        ))}
        <h1 className="truncate text-title font-[620] tracking-[-0.01em]">{title}</h1>
      </div>
      {state}
      {actions !== undefined && (
        // On a phone a filter has a line of its own, from edge to edge.
        <div className="ml-auto flex flex-wrap items-center justify-end gap-2 max-sm:has-[[data-page-filter]]:w-full">
          {actions}
        </div>
      )}
    </header>
  );
}
