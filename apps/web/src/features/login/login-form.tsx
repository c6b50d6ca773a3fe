"use client";

import { useSearchParams } from "next/navigation";
import { useState } from "react";
import type { FormEvent } from "react";
import { Problem } from "@sluice/contracts";
import { Logo } from "@/components/shell/logo.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/input.tsx";

/** For installs with an admin token: the token becomes a session cookie; it is not kept in the browser otherwise. */
export function LoginForm() {
  const next = useSearchParams().get("next");
  const [token, setToken] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const signIn = async (): Promise<void> => {
    setBusy(true);
    setProblem(await startSession(token));
    setBusy(false);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void signIn();
  };

  async function startSession(value: string): Promise<string | null> {
    try {
      const response = await fetch("/api/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token: value }),
      });
      if (response.ok) {
        window.location.assign(ownPath(next));
        return null;
      }
      const body = Problem.safeParse(await response.json().catch(() => null));
      return body.success ? body.data.detail : `The server answered ${response.status}.`;
    } catch {
      return "The server did not answer. Is Sluice still running?";
    }
  }

  return (
    <main className="grid min-h-dvh place-items-center px-4">
      <form onSubmit={submit} className="grid w-full max-w-[340px] gap-3">
        <span className="mb-2 flex items-center gap-2.5 text-[15px] font-[650]">
          <Logo /> Sluice
        </span>
        <h1 className="text-title font-[620] tracking-[-0.01em]">Sign in</h1>
        <label className="grid gap-1.5">
          <span>Admin token</span>
          <Input
            type="password"
            autoFocus
            autoComplete="current-password"
            value={token}
            aria-invalid={problem !== null}
            aria-describedby="token-hint"
            onChange={(event) => setToken(event.target.value)}
          />
          <span id="token-hint" className="text-xs text-faint">
            The value of <code>SLUICE_ADMIN_TOKEN</code> that this install was started with.
          </span>
        </label>
        {problem !== null && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
        <Button
          type="submit"
          look="primary"
          reason={busy ? "Being checked" : token === "" ? "Enter the token first" : undefined}
        >
          {busy ? "Checking" : "Sign in"}
        </Button>
      </form>
    </main>
  );
}

/** Only paths of this site: an address from elsewhere in `next` leads to the start page. */
function ownPath(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : "/";
}
