"use client";

import { useState } from "react";
import type { ApplicationSpecInput } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { SpecText } from "./spec-text.tsx";
import { specToConfigFile, specToYaml } from "./spec-yaml.ts";
import { specToCurl } from "./spec-curl.ts";

const shapes = [
  { value: "spec", label: "Spec" },
  { value: "file", label: "config.yaml" },
  { value: "rest", label: "curl" },
] as const;
type Shape = (typeof shapes)[number]["value"];

/** The spec that Deploy sends, at every keystroke: to read, as a file for the command line, or as the call itself. */
export function SpecCard({ spec, message }: { spec: ApplicationSpecInput; message: string }) {
  const [shape, setShape] = useState<Shape>("spec");
  const text =
    shape === "spec" ? specToYaml(spec) : shape === "file" ? specToConfigFile(spec) : curlHere(spec, message);
  return (
    <Card
      title="Spec"
      note="what Deploy sends"
      flush
      actions={
        <>
          <Segmented label="Form of the spec" value={shape} onChange={setShape} options={shapes} />
          <CopyButton text={text} label={shape === "rest" ? "Copy command" : "Copy spec"} />
        </>
      }
    >
      {shape === "rest" ? (
        <pre
          tabIndex={0}
          aria-label="The call as a command"
          className="px-3.5 pb-3.5 text-xs leading-[1.6] wrap-anywhere whitespace-pre-wrap text-dim"
        >
          {text}
        </pre>
      ) : (
        <SpecText text={text} />
      )}
      {shape !== "spec" && (
        <p className="border-t border-line px-3.5 py-2 text-xs text-faint">
          {shape === "file" ? (
            <>
              Save it as <code>config.yaml</code>, then <code>npx sluice deploy config.yaml</code>
            </>
          ) : (
            <>
              The same by REST. Where the installation asks for a token, add{" "}
              <code>-H &quot;authorization: Bearer $SLUICE_TOKEN&quot;</code>
            </>
          )}
        </p>
      )}
    </Card>
  );
}

function curlHere(spec: ApplicationSpecInput, message: string): string {
  return specToCurl(spec, { origin: window.location.origin, message });
}
