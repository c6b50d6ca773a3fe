"use client";

import { useState } from "react";
import type { ApplicationSpecInput } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { SpecText } from "./spec-text.tsx";
import { specToConfigFile, specToYaml } from "./spec-yaml.ts";

const shapes = [
  { value: "rest", label: "REST" },
  { value: "file", label: "config.yaml" },
] as const;

/** The spec that Deploy sends, at every keystroke, as a REST body or a file for the command line. */
export function SpecCard({ spec }: { spec: ApplicationSpecInput }) {
  const [shape, setShape] = useState<"rest" | "file">("rest");
  const text = shape === "rest" ? specToYaml(spec) : specToConfigFile(spec);
  return (
    <Card
      title="Spec"
      note="what Deploy sends"
      flush
      actions={
        <>
          <Segmented label="Form of the spec" value={shape} onChange={setShape} options={shapes} />
          <CopyButton text={text} label="Copy spec" />
        </>
      }
    >
      <SpecText text={text} />
      <p className="border-t border-line px-3.5 py-2 text-xs text-faint">
        {shape === "rest" ? (
          <>
            The same by REST: <code>PUT /api/v1/applications/{spec.name || "name"}</code>
          </>
        ) : (
          <>
            The same by command line: <code>sluice deploy config.yaml</code>
          </>
        )}
      </p>
    </Card>
  );
}
