"use client";

import type { SwaggerPlugin } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import { useEffect, useRef, useState } from "react";
import { PageHeader } from "@/components/shell/page.tsx";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import "swagger-ui-dist/swagger-ui.css";
import "./swagger-theme.css";

const specUrl = "/api/v1/openapi.json";

/** Every REST call with its schemas, to try against this install. All files are local. */
export function ApiDocsPage() {
  const host = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  useEffect(() => {
    let isGone = false;
    const start = async (): Promise<void> => {
      const [{ default: SwaggerUIBundle }, response] = await Promise.all([
        import("swagger-ui-dist/swagger-ui-es-bundle.js"),
        fetch(specUrl),
      ]);
      if (!response.ok) throw new Error(`The specification answered ${response.status}.`);
      const spec: unknown = await response.json();
      if (isGone || host.current === null) return;
      SwaggerUIBundle({
        domNode: host.current,
        spec,
        deepLinking: true,
        tryItOutEnabled: true,
        docExpansion: "list",
        defaultModelsExpandDepth: 0,
        displayRequestDuration: true,
        validatorUrl: null,
        plugins: [plainTags],
        onComplete: () => setState("ready"),
      });
      setState("ready");
    };
    start().catch(() => setState("failed"));
    return () => {
      isGone = true;
    };
  }, []);
  return (
    <>
      <PageHeader
        title="REST API"
        state={<span className="text-xs text-faint">OpenAPI 3.1, /api/v1</span>}
        actions={
          <Button asChild>
            <a href={specUrl}>openapi.json</a>
          </Button>
        }
      />
      {state === "failed" && (
        <Banner tone="bad">
          The page with the calls could not be loaded. The specification itself is at {specUrl}.
        </Banner>
      )}
      {state === "loading" && <Skeleton className="h-96 rounded-card" />}
      <div ref={host} className="sluice-swagger" />
    </>
  );
}

/** A link inside the button that opens an operation cannot be reached by keyboard: its text alone says the same. */
const plainTags: SwaggerPlugin = ({ React }) => ({
  components: { DeepLink: ({ text }) => React.createElement("span", null, text) },
});
