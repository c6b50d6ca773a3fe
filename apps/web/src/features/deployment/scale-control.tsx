"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Minus, Plus } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";
import { toast } from "sonner";
import type { DeploymentView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Input } from "@/components/ui/input.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { plural } from "@/format/numbers.ts";
import { judgeCount } from "./judge-count.ts";

/** The number of replicas by hand; refused where the autoscaler owns it. */
export function ScaleControl({ deployment }: { deployment: DeploymentView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState<string | null>(null);
  const scale = useMutation(
    trpc.rollouts.scale.mutationOptions({
      onSuccess: ({ manual_num_replicas: manual, spec_num_replicas: spec }) => {
        setTyped(null);
        toast(`${deployment.name}: ${plural(manual ?? spec, "replica")} wanted`, {
          description: manual === null ? "The number of the spec is in force again." : "Set by hand, no new revision.",
        });
        for (const name of ["applications", "deployments", "events"])
          void queryClient.invalidateQueries({ queryKey: [[name]] });
      },
    }),
  );
  const { options, manual_num_replicas: manual } = deployment;
  const current = manual ?? options.num_replicas;
  const text = typed ?? String(current);
  const judged = judgeCount(text, deployment);
  const send = (count: number | null): void =>
    scale.mutate({ name: deployment.application, deployment: deployment.name, target_num_replicas: count });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (judged.reason === undefined && !scale.isPending) send(judged.count);
  };
  const isOwned = options.autoscaling !== undefined;
  const step = (by: number): void => setTyped(String(Math.max(1, (judged.count ?? current) + by)));
  return (
    <Card
      title="Replicas wanted"
      note={isOwned ? "by the autoscaler" : manual === null ? "as the spec says" : "by hand"}
    >
      <form onSubmit={submit} className="flex items-center gap-1.5">
        <Button
          size="icon"
          aria-label="One fewer"
          reason={
            isOwned ? judged.reason : (judged.count ?? current) <= 1 ? "At least one replica has to run" : undefined
          }
          onClick={() => step(-1)}
        >
          <Minus />
        </Button>
        <Input
          aria-label="Number of replicas"
          inputMode="numeric"
          className="w-16 text-center"
          value={isOwned ? String(deployment.target_num_replicas) : text}
          disabled={isOwned}
          aria-invalid={judged.isWrong}
          aria-describedby="scale-note"
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button size="icon" aria-label="One more" reason={isOwned ? judged.reason : undefined} onClick={() => step(1)}>
          <Plus />
        </Button>
        <Button
          type="submit"
          look={judged.reason === undefined ? "primary" : "plain"}
          className="ml-auto"
          reason={scale.isPending ? "Being applied" : judged.reason}
        >
          {scale.isPending ? "Applying" : "Apply"}
        </Button>
      </form>
      <p id="scale-note" className="mt-2 text-xs text-faint">
        {isOwned || judged.isWrong
          ? judged.reason
          : "Takes effect at once, without a new revision. It stays until a deploy changes num_replicas."}
      </p>
      {manual !== null && (
        <Button
          size="small"
          className="mt-2"
          reason={scale.isPending ? "Being applied" : undefined}
          onClick={() => send(null)}
        >
          Back to the spec&apos;s {options.num_replicas}
        </Button>
      )}
      {scale.error !== null && (
        <p role="alert" className="mt-2 wrap-anywhere text-bad">
          {sentenceOf(scale.error)}
        </p>
      )}
    </Card>
  );
}
