"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { JoinTokenView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { ConfirmDialog } from "@/components/ui/confirm-dialog.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { useJoinTokens } from "@/data/queries.ts";
import { useTRPC } from "@/data/trpc.ts";
import { useNow } from "@/data/use-now.ts";
import { plural } from "@/format/numbers.ts";
import { formatAge, formatCountdown, formatMoment } from "@/format/time.ts";

const look = {
  open: { tone: "busy", word: "Open" },
  used: { tone: "ok", word: "Used" },
  expired: { tone: "gone", word: "Expired" },
} as const;

/** Tokens that were made, without the tokens themselves. Nothing while there are none. */
export function TokenCard() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const tokens = useJoinTokens().data?.items ?? [];
  const nowMs = useNow();
  const [asked, setAsked] = useState<JoinTokenView | null>(null);
  const [showsEnded, setShowsEnded] = useState(false);
  const revoke = useMutation(
    trpc.nodes.deleteJoinToken.mutationOptions({
      onSuccess: () => {
        void queryClient.invalidateQueries({ queryKey: [["nodes"]] });
        setAsked(null);
      },
    }),
  );
  if (tokens.length === 0) return null;
  const open = tokens.filter(({ state }) => state === "open");
  const ended = tokens.length - open.length;
  const shown = showsEnded ? tokens : open;
  return (
    <Card title="Join tokens" note="each lets one machine join" className="mt-3.5" flush>
      {shown.length > 0 && (
        <Table label="Join tokens">
          <thead>
            <tr>
              <Th>For</Th>
              <Th>State</Th>
              <Th>Made by</Th>
              <Th>When</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((token) => (
              <tr key={token.id}>
                <Td className="whitespace-nowrap">
                  {token.name === "" ? <span className="text-faint">not said</span> : token.name}
                </Td>
                <Td>
                  <StateBadge plain {...look[token.state]} />
                </Td>
                <Td className="text-dim">{token.created_by}</Td>
                <Td className="whitespace-nowrap text-dim">
                  <time
                    dateTime={token.used_at ?? token.expires_at}
                    title={formatMoment(token.used_at ?? token.expires_at)}
                  >
                    {endText(token, nowMs)}
                  </time>
                </Td>
                <Td className="text-right">
                  <Button size="small" onClick={() => setAsked(token)}>
                    {token.state === "open" ? "Revoke…" : "Forget…"}
                  </Button>
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {ended > 0 && (
        <div className="border-t border-line px-2 py-1.5">
          <Button look="quiet" size="small" aria-expanded={showsEnded} onClick={() => setShowsEnded(!showsEnded)}>
            {showsEnded ? "Hide" : "Show"} {plural(ended, "token")} that ended
          </Button>
        </div>
      )}
      {asked !== null && (
        <ConfirmDialog
          title={asked.state === "open" ? "Revoke the token" : "Forget the token"}
          action={asked.state === "open" ? "Revoke" : "Forget"}
          acting="Being revoked"
          look={asked.state === "open" ? "danger" : "primary"}
          mutation={revoke}
          onConfirm={() => revoke.mutate({ id: asked.id })}
          onClose={() => setAsked(null)}
        >
          <p>
            {asked.state === "open"
              ? "No machine can join with it any more."
              : "It leaves this list. A node that joined with it stays."}
          </p>
        </ConfirmDialog>
      )}
    </Card>
  );
}

function endText(token: JoinTokenView, nowMs: number): string {
  if (nowMs === 0) return "";
  if (token.state === "open") return `ends in ${formatCountdown(Date.parse(token.expires_at) - nowMs)}`;
  return token.used_at === null
    ? `ended ${formatAge(token.expires_at, nowMs)}`
    : `used ${formatAge(token.used_at, nowMs)}`;
}
