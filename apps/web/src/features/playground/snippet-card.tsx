"use client";

import { useState } from "react";
import { Card } from "@/components/ui/card.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { languages, printCall } from "./call-snippets.ts";
import type { Call, Language } from "./call-snippets.ts";

/** Exactly the call the playground makes, for a shell or a program. */
export function SnippetCard({ call }: { call: Call }) {
  const [language, setLanguage] = useState<Language>("curl");
  const text = printCall(call, language);
  return (
    <Card
      title="The same call"
      flush
      actions={
        <>
          <Segmented label="Language" value={language} onChange={setLanguage} options={languages} />
          <CopyButton text={text} label={`Copy ${language}`} />
        </>
      }
    >
      <pre
        tabIndex={0}
        aria-label={`The call in ${language}`}
        className="max-h-72 overflow-auto px-3.5 pb-3.5 text-xs leading-[1.6] break-all whitespace-pre-wrap text-dim"
      >
        {text}
      </pre>
    </Card>
  );
}
