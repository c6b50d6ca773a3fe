"use client";

import { Card } from "@/components/ui/card.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import type { Draft } from "./draft.ts";
import { applicationDoc } from "./form-fields.ts";
import { TextRow, withCode } from "./form-row.tsx";
import { filesAre, takeFilesAs } from "./program-draft.ts";
import type { FilesAre } from "./program-draft.ts";

const kinds: readonly { readonly value: FilesAre; readonly label: string }[] = [
  { value: "code", label: "Code" },
  { value: "program", label: "Program" },
];

/** What a bundle of files needs beside a model: what to start, environment, arguments. */
export function CodeFields({
  draft,
  issues,
  onDraft,
}: {
  draft: Draft;
  issues: ReadonlyMap<string, string>;
  onDraft: (draft: Draft) => void;
}) {
  const kind = filesAre(draft);
  return (
    <Card
      title="What it runs"
      actions={
        <Segmented
          label="What the files are"
          value={kind}
          options={kinds}
          onChange={(chosen) => onDraft(takeFilesAs(draft, chosen))}
        />
      }
    >
      {kind === "code" ? (
        <TextRow
          label="Import path"
          option="import_path"
          value={draft.importPath}
          placeholder="app:app"
          problem={issues.get("#/import_path")}
          hint={withCode(applicationDoc("import_path")?.meaning ?? "")}
          mono
          onChange={(importPath) => onDraft({ ...draft, importPath })}
        />
      ) : (
        <p className="pb-2 text-dim">
          A program that serves HTTP, started once per replica by the command below. Paths reach it without the route
          prefix, its output becomes the log.
        </p>
      )}
      <TextRow
        label="Environment variables"
        option="runtime_env.env_vars"
        value={draft.envVars}
        placeholder='{"MODEL_NAME": "small"}'
        problem={issues.get("#/runtime_env/env_vars")}
        hint={withCode(applicationDoc("runtime_env.env_vars")?.meaning ?? "")}
        mono
        onChange={(envVars) => onDraft({ ...draft, envVars })}
      />
      {kind === "code" && (
        <TextRow
          label="Arguments"
          option="args"
          value={draft.args}
          placeholder='{"greeting": "Hello"}'
          problem={issues.get("#/args")}
          hint={withCode(applicationDoc("args")?.meaning ?? "")}
          mono
          onChange={(args) => onDraft({ ...draft, args })}
        />
      )}
    </Card>
  );
}
