"use client";

import { useState } from "react";
import type { KeyboardEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { cn } from "@/components/ui/cn.ts";
import { Input, inputLook } from "@/components/ui/input.tsx";
import { Select } from "@/components/ui/select.tsx";
import { AnswerHead } from "./answer-head.tsx";
import { AnswerTimes } from "./answer-times.tsx";
import { SnippetCard } from "./snippet-card.tsx";
import { bodyJson, bodyText, useCall } from "./use-call.ts";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
type Method = (typeof methods)[number];
const jsonHeaders = { "content-type": "application/json" };

export interface RequestPlaygroundProps {
  application: string;
  url: string;
  /** A model takes POST to its route only; code takes any method and path. */
  initialMethod: Method;
  initialBody: string;
  note: string;
}

/** Method, path and body of any request; for a model, its inputs as JSON. */
export function RequestPlayground({ application, url, initialMethod, initialBody, note }: RequestPlaygroundProps) {
  const [method, setMethod] = useState<Method>(initialMethod);
  const [path, setPath] = useState("");
  const [body, setBody] = useState(initialBody);
  const call = useCall(application);
  const hasBody = method !== "GET" && body.trim() !== "";
  const problem = hasBody ? jsonProblem(body) : undefined;
  const fullUrl = `${url}${path === "" || path.startsWith("/") || path.startsWith("?") ? path : `/${path}`}`;

  const send = (): void =>
    call.send({
      method,
      path,
      headers: hasBody ? jsonHeaders : {},
      ...(hasBody ? { body: { encoding: "text", data: body } as const } : {}),
    });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      send();
    }
  };
  return (
    <>
      <Card title="Playground" note={note}>
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
              onChange={(event) => setMethod(methods.find((one) => one === event.target.value) ?? "GET")}
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
                onChange={(event) => setPath(event.target.value)}
              />
            </div>
            <Button look="primary" type="submit" reason={call.sending ? "Waiting for the answer" : undefined}>
              {call.sending ? "Sending" : "Send"}
            </Button>
          </div>
          {method !== "GET" && (
            <label className="grid gap-1">
              <span className="text-xs text-faint">Body, JSON</span>
              <textarea
                value={body}
                rows={8}
                spellCheck={false}
                aria-invalid={problem !== undefined}
                onChange={(event) => setBody(event.target.value)}
                className={cn(inputLook, "h-auto resize-y py-2 font-mono text-xs leading-[1.6]")}
              />
              <span className="min-h-[17px] text-xs text-faint">{problem}</span>
            </label>
          )}
        </form>
        {call.problem !== null && (
          <p role="alert" className="mt-2 text-bad">
            {call.problem}
          </p>
        )}
        {call.answer === undefined ? (
          call.problem === null && <p className="mt-3 border-t border-line pt-3 text-dim">The answer appears here.</p>
        ) : (
          <div className="mt-3 grid grid-cols-1 gap-2.5 border-t border-line pt-3">
            <AnswerHead answer={call.answer} />
            <AnswerTimes answer={call.answer} />
            <pre
              tabIndex={0}
              aria-label="Answer"
              className="max-h-96 overflow-auto rounded-control border border-line bg-bg px-3 py-2 text-xs leading-[1.6] break-words whitespace-pre-wrap"
            >
              {pretty(bodyJson(call.answer)) ?? bodyText(call.answer)}
            </pre>
          </div>
        )}
      </Card>
      <SnippetCard call={{ url: fullUrl, method, headers: hasBody ? jsonHeaders : {}, body: hasBody ? body : null }} />
    </>
  );
}

function jsonProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `Not JSON: ${error instanceof Error ? error.message : String(error)}. It is sent as it stands.`;
  }
}

function pretty(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value, null, 2);
}
