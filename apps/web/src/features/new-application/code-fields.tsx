"use client";

import { Card } from "@/components/ui/card.tsx";
import type { Draft } from "./draft.ts";
import { applicationDoc } from "./form-fields.ts";
import { TextRow, withCode } from "./form-row.tsx";

/** What a bundle of code needs beside a model: where to start, environment, arguments. */
export function CodeFields({
  draft,
  issues,
  onDraft,
}: {
  draft: Draft;
  issues: ReadonlyMap<string, string>;
  onDraft: (draft: Draft) => void;
}) {
  return (
    <Card title="Code">
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
    </Card>
  );
}
