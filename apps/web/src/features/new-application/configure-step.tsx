"use client";

import { useState } from "react";
import { Banner } from "@/components/ui/banner.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { CodeFields } from "./code-fields.tsx";
import { DeploymentForm } from "./deployment-form.tsx";
import { fieldPointers, setFields, setSuggestion } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { applicationDoc } from "./form-fields.ts";
import { TextRow, withCode } from "./form-row.tsx";
import { ModelCard } from "./model-card.tsx";
import { placeIssues } from "./place-issues.ts";
import type { PlacedIssues } from "./place-issues.ts";
import { PlanCard } from "./plan-card.tsx";
import { splitText } from "./plan-words.ts";
import { SpecCard } from "./spec-card.tsx";
import type { Validation } from "./use-validation.ts";

export interface ConfigureStepProps {
  draft: Draft;
  validation: Validation;
  inspecting: boolean;
  /** A new revision of an existing application: its name stands. */
  isUpdate: boolean;
  /** Why the last try did not work; the form is as it was. */
  problem: string | null;
  onDraft: (draft: Draft) => void;
  onReplace: () => void;
}

/** Step 2: the form; plan and spec stand beside it and follow every keystroke. */
export function ConfigureStep({
  draft,
  validation,
  inspecting,
  isUpdate,
  problem,
  onDraft,
  onReplace,
}: ConfigureStepProps) {
  const { atFields: issues, others } = placeIssues(validation.issues, fieldPointers(draft));
  const endedSplit = validation.plan?.ends_split ?? [];
  const [chosen, setChosen] = useState(0);
  const index = Math.min(chosen, Math.max(0, draft.deployments.length - 1));
  const deployment = draft.deployments[index];
  const described =
    draft.source.description?.deployments.find((one) => one.options.name === deployment?.name) ??
    draft.source.description?.deployments[index];
  return (
    <div className="grid items-start gap-[18px] min-[1160px]:grid-cols-[minmax(0,1fr)_420px]">
      <div className="grid min-w-0 gap-3.5">
        {problem !== null && <Banner tone="bad">{problem}</Banner>}
        {endedSplit.length > 0 && (
          <Banner tone="warn">
            <span className="font-medium">Deploying ends the traffic split {splitText(endedSplit)}.</span>{" "}
            <span className="text-dim">
              Any change here, the number of replicas included, makes a new revision, and all requests follow it.
            </span>
          </Banner>
        )}
        <OtherIssues issues={others} />
        <ModelCard source={draft.source} inspecting={inspecting} onReplace={onReplace} />
        <Card title="Route">
          <TextRow
            label="Name"
            value={draft.name}
            disabled={isUpdate}
            problem={issues.get("#/name")}
            hint={isUpdate ? "A new revision of this application." : withCode(applicationDoc("name")?.meaning ?? "")}
            onChange={(name) => onDraft(follow(draft, name))}
          />
          <TextRow
            label="Route prefix"
            option="route_prefix"
            value={draft.route ?? ""}
            placeholder="not reachable over HTTP"
            problem={issues.get("#/route_prefix")}
            hint="Path under which gateways serve it. Empty: not reachable over HTTP."
            onChange={(route) => onDraft({ ...draft, route: route.trim() === "" ? null : route })}
          />
          <TextRow
            label="Message"
            value={draft.message}
            placeholder="why this revision"
            hint="Kept with the revision. May stay empty."
            onChange={(message) => onDraft({ ...draft, message })}
          />
        </Card>
        {draft.source.kind === "zip" && <CodeFields draft={draft} issues={issues} onDraft={onDraft} />}
        {draft.deployments.length > 1 && (
          <div className="flex flex-wrap items-center gap-3">
            <span className="text-dim">Deployment</span>
            <Segmented
              label="Deployment"
              value={String(index)}
              onChange={(value) => setChosen(Number(value))}
              options={draft.deployments.map((one, position) => ({ value: String(position), label: one.name }))}
            />
          </div>
        )}
        {deployment !== undefined && (
          <DeploymentForm
            key={deployment.name}
            index={index}
            deployment={deployment}
            described={described}
            spec={validation.spec.deployments?.[index]}
            issues={issues}
            onFields={(texts) => onDraft(setFields(draft, index, texts))}
          />
        )}
      </div>
      <div className="grid min-w-0 gap-3.5 min-[1160px]:sticky min-[1160px]:top-4">
        <PlanCard
          validation={validation}
          name={draft.name}
          description={draft.source.description}
          onSuggestion={(name, suggestion) => {
            const position = draft.deployments.findIndex((one) => one.name === name);
            if (position >= 0) setChosen(position);
            onDraft(setSuggestion(draft, name, suggestion));
          }}
        />
        <SpecCard spec={validation.spec} message={draft.message.trim()} />
      </div>
    </div>
  );
}

/** The route follows the name until it is given one of its own. */
function follow(draft: Draft, name: string): Draft {
  const follows = draft.route === `/${draft.name}`;
  return { ...draft, name, route: follows ? `/${name}` : draft.route };
}

/** Issues of fields that the form does not show. */
function OtherIssues({ issues }: { issues: PlacedIssues["others"] }) {
  if (issues.length === 0) return null;
  return (
    <Banner tone="bad">
      {issues.map(([pointer, detail]) => (
        <p key={pointer} className="break-words">
          <code className="text-xs text-dim">{pointer.replace(/^#\//, "")}</code> {withCode(detail)}
        </p>
      ))}
    </Banner>
  );
}
