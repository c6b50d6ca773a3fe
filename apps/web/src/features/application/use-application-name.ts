"use client";

import { useParams } from "next/navigation";

/** The `[name]` of the address. */
export function useApplicationName(): string {
  const { name } = useParams<{ name: string }>();
  return decodeURIComponent(name);
}

export function applicationPath(name: string): string {
  return `/applications/${encodeURIComponent(name)}`;
}
