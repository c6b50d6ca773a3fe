"use client";

import type { KeyboardEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { cn } from "@/components/ui/cn.ts";
import { Input, inputLook } from "@/components/ui/input.tsx";
import { Select } from "@/components/ui/select.tsx";
import { AnswerView } from "./answer-view.tsx";
import { HeaderFields } from "./header-fields.tsx";
import type { HeaderHint } from "./header-fields.tsx";
import { bodyOf, headersOf, jsonProblem, judgeHeaders, methods } from "./request-draft.ts";
import type { RequestDraft } from "./request-draft.ts";
import { SnippetCard } from "./snippet-card.tsx";
import { useCall } from "./use-call.ts";
import { useRequestDraft } from "./use-request-draft.ts";

export interface RequestPlaygroundProps {
  application: string;
  url: string;
  /** A first request that fits the application, as far as it is known. */
  start: RequestDraft;
  headerHints: readonly HeaderHint[];
  note: string;
}

/** Method, path, headers and body of any request; for a model, its inputs as JSON. */
export function RequestPlayground({ application, url, start, headerHints, note }: RequestPlaygroundProps) {
  const { draft, change, isChanged, startOver } = useRequestDraft(application, start);
  const call = useCall(application);
  const { method, path } = draft;
  const body = bodyOf(draft);
  const headers = headersOf(draft);
  const headerProblems = judgeHeaders(draft.headers);
  const isSendable = headerProblems.every((problem) => problem === undefined);
  const fullUrl = `${url}${path === "" || path.startsWith("/") || path.startsWith("?") ? path : `/${path}`}`;

  const send = (): void => {
    if (isSendable && !call.sending)
      call.send({
        method,
        path,
        headers,
        ...(body === null ? {} : { body: { encoding: "text", data: body } as const }),
      });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      send();
    }
  };
  return (
    <>
      <Card
        title="Playground"
        note={note}
        actions={
          isChanged && (
            <Button look="quiet" size="small" onClick={startOver}>
              Start over
            </Button>
          )
        }
      >
        <form
          className="grid gap-2.5"
          onKeyDown={onKeyDown}
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <div className="flex flex-wrap items-center gap-2">
            <Select
              aria-label="Method"
              className="w-[98px]"
              value={method}
              onChange={(event) => change({ method: methods.find((one) => one === event.target.value) ?? "GET" })}
            >
              {methods.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </Select>
            <div className="flex min-w-0 flex-1 items-center">
              <span className="hidden max-w-[60%] shrink-0 truncate pr-1.5 font-mono text-xs text-faint sm:block">
                {url}
              </span>
              <Input
                aria-label="Path below the route"
                value={path}
                placeholder="/path?query=1"
                className="font-mono text-xs"
                onChange={(event) => change({ path: event.target.value })}
              />
            </div>
            <Button look="primary" type="submit" reason={reasonNotToSend(call.sending, isSendable)}>
              {call.sending ? "Sending" : "Send"}
            </Button>
          </div>
          <HeaderFields
            rows={draft.headers}
            problems={headerProblems}
            hints={headerHints}
            onChange={(rows) => change({ headers: rows })}
          />
          {method !== "GET" && <BodyField draft={draft} onChange={(text) => change({ body: text })} />}
        </form>
        {call.problem !== null && (
          <p role="alert" className="mt-2 text-bad">
            {call.problem}
          </p>
        )}
        {call.answer === undefined ? (
          call.problem === null && <p className="mt-3 border-t border-line pt-3 text-dim">The answer appears here.</p>
        ) : (
          <AnswerView answer={call.answer} />
        )}
      </Card>
      <SnippetCard call={{ url: fullUrl, method, headers, body }} />
    </>
  );
}

function BodyField({ draft, onChange }: { draft: RequestDraft; onChange: (text: string) => void }) {
  const problem = jsonProblem(draft);
  const type = headersOf({ ...draft, body: "{}" })["content-type"] ?? "";
  return (
    <label className="grid gap-1">
      <span className="text-xs text-faint">Body, {type === "application/json" ? "JSON" : type}</span>
      <textarea
        value={draft.body}
        rows={Math.min(16, Math.max(6, draft.body.split("\n").length + 1))}
        spellCheck={false}
        aria-invalid={problem !== undefined}
        onChange={(event) => onChange(event.target.value)}
        className={cn(inputLook, "h-auto resize-y py-2 font-mono text-xs leading-[1.6]")}
      />
      <span className="min-h-[17px] text-xs text-faint">{problem}</span>
    </label>
  );
}

function reasonNotToSend(isSending: boolean, isSendable: boolean): string | undefined {
  if (isSending) return "Waiting for the answer";
  return isSendable ? undefined : "A header cannot be sent as it is";
}
