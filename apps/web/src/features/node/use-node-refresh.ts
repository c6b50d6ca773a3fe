"use client";

import { useQueryClient } from "@tanstack/react-query";

/** After a change: what shows nodes asks again. */
export function useNodeRefresh(): () => void {
  const queryClient = useQueryClient();
  return () => {
    for (const name of ["nodes", "replicas", "events"]) void queryClient.invalidateQueries({ queryKey: [[name]] });
  };
}
