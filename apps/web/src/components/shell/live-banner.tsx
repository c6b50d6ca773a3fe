"use client";

import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLive } from "@/data/live.tsx";
import { useHealth, useIsStale } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { formatAge, formatDuration } from "@/format/time.ts";

/** A stream that reconnects within this time is not worth a sentence. */
const graceMs = 4000;

/** Says how old the numbers are when the live stream, the server or the controller is away. */
export function LiveBanner() {
  const live = useLive();
  const health = useHealth();
  const isStale = useIsStale();
  const queryClient = useQueryClient();
  const fetching = useIsFetching();
  const nowMs = useNow();
  const droppedForMs = useDroppedForMs(live.connected, nowMs);

  if (isStale) {
    const since = health.dataUpdatedAt;
    return (
      <Banner
        tone="bad"
        className="mb-3.5"
        action={<RetryButton busy={fetching > 0} onRetry={() => void queryClient.refetchQueries()} />}
      >
        The server does not answer.{" "}
        {since > 0 && nowMs > 0 ? `What you see is from ${formatAge(since, nowMs)}.` : "Start it with `npm start`."}{" "}
        Trying again every 2 s.
      </Banner>
    );
  }
  if (health.data?.controller.available === false) {
    return (
      <Banner tone="warn" className="mb-3.5">
        No controller is running. Applications keep serving; changes wait until one is back, and states below may be
        old.
      </Banner>
    );
  }
  if (droppedForMs > graceMs) {
    return (
      <Banner tone="warn" className="mb-3.5">
        The live stream dropped {formatDuration(droppedForMs)} ago. Asking every 2 s instead
        {health.dataUpdatedAt > 0 && nowMs > 0 ? `; newest data ${formatAge(health.dataUpdatedAt, nowMs)}` : ""}. It
        reconnects by itself.
      </Banner>
    );
  }
  return null;
}

function RetryButton({ busy, onRetry }: { busy: boolean; onRetry: () => void }) {
  return (
    <Button size="small" onClick={onRetry}>
      {busy ? "Trying" : "Try now"}
    </Button>
  );
}

/** Time since the stream was lost; 0 while it is up, and before the first connection had its chance. */
function useDroppedForMs(connected: boolean, nowMs: number): number {
  const [droppedAtMs, setDroppedAtMs] = useState<number | null>(null);
  useEffect(() => setDroppedAtMs(connected ? null : Date.now()), [connected]);
  return connected || droppedAtMs === null || nowMs === 0 ? 0 : nowMs - droppedAtMs;
}
