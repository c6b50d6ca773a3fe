"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { applicationPath } from "@/features/application/use-application-name.ts";
import { readSuggestion } from "./asked-suggestion.ts";
import { DeployButton, useDeployKey } from "./deploy-button.tsx";
import { ConfigureStep } from "./configure-step.tsx";
import { draftOfSpec, draftOfUpload, replaceSource, withDescription } from "./draft.ts";
import type { Draft, DraftSource } from "./draft.ts";
import type { GalleryEntry } from "./gallery.ts";
import { ModelStep } from "./model-step.tsx";
import { StartStep } from "./start-step.tsx";
import { Steps } from "./steps.tsx";
import { useCodeDescription } from "./use-code-description.ts";
import { useExistingDraft } from "./use-existing-draft.ts";
import { useUpload } from "./use-upload.ts";
import { useValidation } from "./use-validation.ts";

/**
 * Model, Configure, Watch it start. With `?application=name` a new revision of that application; with `&started=2` the start of
 * its revision 2, so that a reload or a sent link shows the same.
 */
export function NewApplication() {
  const parameters = useSearchParams();
  const router = useRouter();
  const existingName = parameters.get("application");
  const started = startedRevision(parameters.get("started"));
  const suggested = useMemo(() => readSuggestion(parameters), [parameters]);
  const existing = useExistingDraft(existingName, suggested);
  const [typed, setTyped] = useState<Draft | null>(null);
  const [choosing, setChoosing] = useState(false);
  const draft = typed ?? existing.draft;

  const onUploaded = useCallback(
    (source: DraftSource, example: GalleryEntry | null) => {
      setChoosing(false);
      setTyped(() => {
        if (draft !== null) return replaceSource(draft, source);
        return example === null ? draftOfUpload(source) : draftOfSpec(example.specOf(source.sha256), source);
      });
    },
    [draft],
  );
  const upload = useUpload(onUploaded);

  if (existingName !== null && started !== null) {
    return (
      <>
        <Header title={existingName} />
        <Steps current={3} />
        <StartStep name={existingName} revision={started} onBack={() => router.push(formPath(existingName))} />
      </>
    );
  }
  if (existingName !== null && existing.loading) return <Skeleton className="h-96 rounded-card" />;
  if (choosing || draft === null) {
    return (
      <>
        <Header
          title={existingName === null ? "New application" : `New revision of ${existingName}`}
          actions={choosing ? <Button onClick={() => setChoosing(false)}>Back to the form</Button> : undefined}
        />
        <Steps current={1} />
        <ModelStep
          busy={upload.busy}
          problem={upload.problem ?? existing.problem}
          onExample={upload.sendExample}
          onFile={upload.sendFile}
          onCancel={upload.cancel}
        />
      </>
    );
  }
  return (
    <Configure
      draft={draft}
      existingName={existingName}
      onDraft={setTyped}
      onReplace={() => setChoosing(true)}
      onDeployed={(name, revision) => router.push(`${formPath(name)}&started=${revision}`)}
    />
  );
}

const formPath = (name: string): string => `/applications/new?application=${encodeURIComponent(name)}`;

/** A revision number in the address; anything else is none. */
function startedRevision(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

function Header({ title, actions }: { title: string; actions?: ReactNode }) {
  return <PageHeader title={title} crumbs={[{ href: "/applications", label: "Applications" }]} actions={actions} />;
}

interface ConfigureProps {
  draft: Draft;
  existingName: string | null;
  onDraft: (draft: Draft) => void;
  onReplace: () => void;
  onDeployed: (name: string, revision: number) => void;
}

function Configure({ draft, existingName, onDraft, onReplace, onDeployed }: ConfigureProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const code = useCodeDescription(draft);
  // The same draft as long as nothing changed: a new one at every look would never settle, and never be planned.
  const shown = useMemo(
    () => (draft.source.kind === "zip" ? withDescription(draft, code.description, code.problem) : draft),
    [draft, code.description, code.problem],
  );
  const validation = useValidation(shown);
  const deploy = useMutation(
    trpc.applications.put.mutationOptions({
      onSuccess: ({ plan }) => {
        void queryClient.invalidateQueries({ queryKey: [["applications"]] });
        if (plan.outcome === "unchanged") router.push(applicationPath(shown.name));
        else onDeployed(validation.spec.name, plan.revision);
      },
    }),
  );
  const reason = deploy.isPending ? "Being deployed" : deployReason(validation);
  const submit = (): void => {
    if (reason !== undefined) return;
    deploy.mutate({
      name: validation.spec.name,
      spec: validation.spec,
      ...(shown.message.trim() === "" ? {} : { message: shown.message.trim() }),
    });
  };
  useDeployKey(submit);
  return (
    <>
      <Header
        title={existingName === null ? "New application" : `New revision of ${existingName}`}
        actions={
          <>
            <Button asChild>
              <Link href={existingName === null ? "/applications" : applicationPath(existingName)}>Cancel</Link>
            </Button>
            <DeployButton
              reason={reason}
              problems={validation.issues}
              busy={deploy.isPending}
              endsSplit={(validation.plan?.ends_split ?? []).length > 0}
              onDeploy={submit}
            />
          </>
        }
      />
      <Steps current={2} />
      <ConfigureStep
        draft={shown}
        validation={validation}
        inspecting={code.inspecting}
        isUpdate={existingName !== null}
        problem={deploy.error === null ? null : sentenceOf(deploy.error)}
        onDraft={onDraft}
        onReplace={onReplace}
      />
    </>
  );
}

function deployReason(validation: ReturnType<typeof useValidation>): string | undefined {
  const count = validation.issues.size;
  if (count > 0) return `${count === 1 ? "1 field" : `${count} fields`} to mend`;
  return validation.plan?.outcome === "unchanged"
    ? `Nothing changed since revision ${validation.plan.revision}`
    : undefined;
}
