"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** A filter that lives in the URL, so that it survives a reload and can be sent to a colleague. */
export function useUrlFilter(name: string): readonly [string, (value: string) => void] {
  const router = useRouter();
  const pathname = usePathname();
  const parameters = useSearchParams();
  const set = useCallback(
    (value: string) => {
      const changed = new URLSearchParams(parameters);
      if (value === "") changed.delete(name);
      else changed.set(name, value);
      const query = changed.toString();
      router.replace(query === "" ? pathname : `${pathname}?${query}`, { scroll: false });
    },
    [name, router, pathname, parameters],
  );
  return [parameters.get(name) ?? "", set];
}
