"use client";

import { useMutation } from "@tanstack/react-query";
import type { PlaygroundAnswer, PlaygroundSend } from "@sluice/contracts";
import { sentenceOf } from "@/data/problem.ts";
import { useHealth } from "@/data/queries.ts";
import { useTRPC } from "@/data/trpc.ts";

/** Sends a request through the gateway as any client would, and keeps the newest answer. */
export function useCall(application: string) {
  const call = useMutation(useTRPC().playground.send.mutationOptions());
  return {
    send: (request: Omit<PlaygroundSend, "application">) => call.mutate({ application, ...request }),
    answer: call.data,
    sending: call.isPending,
    problem: call.error === null ? null : sentenceOf(call.error),
  };
}

/** Where clients call applications, as this install was configured; undefined until the server has said it. */
export function useGatewayUrl(): string | undefined {
  return useHealth().data?.gateway_url;
}

/** Text of an answer's body; what is not text is said to be so. */
export function bodyText(answer: PlaygroundAnswer): string {
  if (answer.body.encoding === "text") return answer.body.data;
  return `(${Math.floor((answer.body.data.length * 3) / 4)} bytes that are not text)`;
}

/** Parsed JSON of an answer, or undefined. */
export function bodyJson(answer: PlaygroundAnswer): unknown {
  if (answer.body.encoding !== "text") return undefined;
  try {
    return JSON.parse(answer.body.data) as unknown;
  } catch {
    return undefined;
  }
}
