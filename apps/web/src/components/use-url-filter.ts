"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

/**
 * A filter that lives in the URL, so that it survives a reload and can be sent to a colleague. The address is changed in place:
 * the page is the same for every filter, and navigations, of which each keystroke would be one, may end in another order.
 */
export function useUrlFilter(name: string): readonly [string, (value: string) => void] {
  const parameters = useSearchParams();
  const set = useCallback(
    (value: string) => {
      const { pathname, search, hash } = window.location;
      const changed = new URLSearchParams(search);
      if (value === "") changed.delete(name);
      else changed.set(name, value);
      const query = changed.toString();
      window.history.replaceState(null, "", `${pathname}${query === "" ? "" : `?${query}`}${hash}`);
    },
    [name],
  );
  return [parameters.get(name) ?? "", set];
}
